import { BrokerError } from './broker-error.ts';
import { matcherOf, routingKeysOf, type Matcher, type RoutedMessage } from './binding-match.ts';
import type { ManagedBinding, ManagedExchange, Management } from './management.ts';
import type { HeaderTable } from './message.ts';

/**
 * Why it cannot be told, or not wholly, which queues a publish reaches.
 * - `exchangeType`: an exchange on its way is of a type that decides by rules of its own (a plugin's).
 * - `headers`: a headers exchange compares values that the management API does not tell exactly.
 * - `tooWide`: there are more exchanges on its way than are asked about.
 * - `notConfigured`, `notAnswered`: the management API is not there, or said nothing of use in time.
 * - `missing`: there is no such exchange.
 */
export type RoutingGap = 'exchangeType' | 'headers' | 'tooWide' | 'notConfigured' | 'notAnswered' | 'missing';

export interface Reach {
  /** These get a copy as the bindings are now. Sorted, each once. */
  queues: string[];
  /** Null when they are all that get one. */
  gap: RoutingGap | null;
  /** Whether headers decide anywhere on the way: then another message with the same key may go elsewhere. */
  byHeaders: boolean;
}

/** What a message is published with. */
export interface Publication {
  exchange: string;
  routingKey: string;
  headers: HeaderTable;
}

export interface RoutingOptions {
  /** Null where there is none: then nothing can be told. */
  management: Management | null;
  vhost: string;
  /** How long an answer of the management API serves, in ms. Default: 5 000. */
  freshMs?: number;
}

/** Exchanges that are asked about for one publish. */
const MOST_EXCHANGES = 64;
/** Answers that are kept. */
const MOST_KEPT = 500;
const ALTERNATE = 'alternate-exchange';
const DELAYED = 'x-delayed-message';

/** What is known of an exchange, and where it sends to. */
interface ExchangeView {
  exchange: ManagedExchange;
  bindings: ManagedBinding[];
}

/**
 * Foretells which queues a publish reaches, as RabbitMQ would route it: the bindings of its exchange, then those of every
 * exchange that they lead to, each once; where an exchange finds nothing, its alternate exchange. It only asks the
 * management API, changes nothing, and can be overtaken by any change of the bindings: for showing, not for deciding.
 */
export class Routing {
  readonly #management: Management | null;
  readonly #vhost: string;
  readonly #freshMs: number;
  readonly #kept = new Map<string, { at: number; answer: Promise<unknown> }>();

  constructor({ management, vhost, freshMs = 5_000 }: RoutingOptions) {
    this.#management = management;
    this.#vhost = vhost;
    this.#freshMs = freshMs;
  }

  /** Takes as long as the management API does for each of its answers. Never rejects for anything that the API does. */
  async reach({ exchange, routingKey, headers }: Publication): Promise<Reach> {
    const message: RoutedMessage = { routingKeys: routingKeysOf(routingKey, headers), headers };
    const management = this.#management;
    const way = new Way();
    try {
      if (management === null) way.gap = 'notConfigured';
      else if (exchange === '') await this.#byName(management, message, way);
      else await this.#follow(management, exchange, message, way);
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      way.gap = 'notAnswered';
    }
    return { queues: [...way.queues].sort(), gap: way.gap, byHeaders: way.byHeaders };
  }

  /** The default exchange sends to the queue that has the key's name. */
  async #byName(management: Management, { routingKeys }: RoutedMessage, way: Way): Promise<void> {
    for (const key of routingKeys) {
      const queue = await this.#ask(`queue ${key}`, () => management.queue(this.#vhost, key));
      if (queue !== null) way.queues.add(key);
    }
  }

  async #follow(management: Management, first: string, message: RoutedMessage, way: Way): Promise<void> {
    way.exchanges.add(first);
    // A set grows while it is walked, so that every exchange has its turn once, in a circle too.
    for (const name of way.exchanges) {
      const view = await this.#view(management, name);
      if (view === null) {
        // One that an exchange leads to and that is not there is passed over by the broker too.
        if (name === first) way.gap = 'missing';
        continue;
      }
      // The broker refuses what is published to an internal exchange.
      if (name === first && view.exchange.internal) return;
      const next = await this.#destinations(management, view, message, way);
      for (const { destination, destination_type } of next) {
        if (destination_type === 'queue') way.queues.add(destination);
        else if (way.exchanges.size < MOST_EXCHANGES) way.exchanges.add(destination);
        else if (!way.exchanges.has(destination)) way.gap ??= 'tooWide';
      }
    }
  }

  /** Where one exchange surely sends the message. What it does beyond that is a gap. */
  async #destinations(
    management: Management,
    { exchange, bindings }: ExchangeView,
    message: RoutedMessage,
    way: Way,
  ): Promise<Pick<ManagedBinding, 'destination' | 'destination_type'>[]> {
    const { type, matches } = ruleOf(exchange);
    if (matches === undefined) {
      way.gap ??= 'exchangeType';
      return [];
    }
    if (type === 'headers') way.byHeaders = true;
    const judged = bindings.map((binding) => ({ binding, match: matches(binding, message) }));
    const sure = judged.filter(({ match }) => match === 'yes').map(({ binding }) => binding);
    const isUnsure = judged.some(({ match }) => match === 'unsure');
    if (isUnsure) way.gap ??= 'headers';
    const isDelayed = exchange.type === DELAYED && message.headers.some(({ name }) => name === 'x-delay');
    if (sure.length > 0 ? !isDelayed : isUnsure) return sure;
    const alternate = await this.#alternateOf(management, exchange);
    if (alternate === null) return sure;
    if (!isDelayed) return [{ destination: alternate, destination_type: 'exchange' }];
    // While it holds a message back it has found nothing for it, and what the broker does then is the plugin's affair.
    way.gap ??= 'exchangeType';
    return sure;
  }

  /** An argument counts before a policy. */
  async #alternateOf(management: Management, { arguments: args, policy }: ManagedExchange): Promise<string | null> {
    const argument = args?.[ALTERNATE];
    if (typeof argument === 'string') return argument;
    if (typeof policy !== 'string' || policy === '') return null;
    const definition = await this.#ask(`policy ${policy}`, () => management.policy(this.#vhost, policy));
    const name = definition?.[ALTERNATE];
    return typeof name === 'string' ? name : null;
  }

  /** Null when there is no such exchange. Nobody can bind to the default exchange, and as an alternate one it does nothing. */
  async #view(management: Management, name: string): Promise<ExchangeView | null> {
    if (name === '') return null;
    return this.#ask(`exchange ${name}`, async () => {
      const [exchange, bindings] = await Promise.all([
        management.exchange(this.#vhost, name),
        management.bindingsFrom(this.#vhost, name).catch((error: unknown) => {
          if (error instanceof BrokerError) return error;
          throw error;
        }),
      ]);
      if (exchange === null) return null;
      if (bindings instanceof BrokerError) throw bindings;
      return { exchange, bindings };
    });
  }

  /** An answer serves for a while, a failure too: an API that is away is not asked by every look at a dialog. */
  #ask<T>(what: string, ask: () => Promise<T>): Promise<T> {
    const now = performance.now();
    const kept = this.#kept.get(what);
    // `what` names the kind of question first, and each kind has one type of answer.
    if (kept !== undefined && now - kept.at < this.#freshMs) return kept.answer as Promise<T>;
    const answer = ask();
    this.#kept.delete(what);
    this.#kept.set(what, { at: now, answer });
    for (const [old, { at }] of this.#kept) {
      if (this.#kept.size <= MOST_KEPT && now - at < this.#freshMs) break;
      this.#kept.delete(old);
    }
    return answer;
  }
}

/** What has been found out so far. */
class Way {
  readonly queues = new Set<string>();
  readonly exchanges = new Set<string>();
  gap: RoutingGap | null = null;
  byHeaders = false;
}

/** By which rules an exchange decides. One that delays messages says which type it follows otherwise. */
function ruleOf({ type, arguments: args }: ManagedExchange): { type: string; matches: Matcher | undefined } {
  const behind = type === DELAYED ? args?.['x-delayed-type'] : type;
  const rule = typeof behind === 'string' ? behind : type;
  return { type: rule, matches: matcherOf(rule) };
}
