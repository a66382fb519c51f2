import { BrokerError } from '../amqp/broker-error.ts';
import type { HeaderTable } from '../amqp/message.ts';
import type { Publication, Reach, RoutingGap } from '../amqp/routing.ts';
import { within } from '../amqp/within.ts';
import type { PreviewTarget } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { readManyEnvelopes } from '../messages/contents-store.ts';
import { messageToResend } from '../messages/message-to-resend.ts';
import type { Destination, ResendChoices } from '../messages/resendable.ts';

import type { ResendSource } from './resend-source.ts';

/** What is asked about the way of a message. */
export interface RouteServices {
  database: Database;
  /** Which queues a publish reaches. Never rejects. */
  reach: (publication: Publication) => Promise<Reach>;
}

export type TargetRoute = Pick<PreviewTarget, 'queues' | 'routing' | 'failedIn' | 'failedInUnknown' | 'alsoReaches'>;

/** All ways of a preview are found within this time, in ms, or it cannot be told: a dialog waits for the answer. */
const WITHIN_MS = 800;
/** Messages of one target whose own headers are looked at, where headers decide. */
const MOST_LOOKED_AT = 20;
/** The same, over all targets of a preview. */
const MOST_LOOKED_AT_TOGETHER = 200;

type Failure = Pick<ResendSource, 'queue' | 'contentId' | 'stripHeaders' | 'addHeader'>;

/** The messages of one target: in which queues they failed, and the first few for a closer look. */
export class TargetMessages {
  #count = 0;
  readonly #perQueue = new Map<string | null, number>();
  readonly #first: Failure[] = [];

  add(source: Failure): void {
    this.#count += 1;
    this.#perQueue.set(source.queue, (this.#perQueue.get(source.queue) ?? 0) + 1);
    if (this.#first.length < MOST_LOOKED_AT) this.#first.push(source);
  }

  /** So many that failed in one queue, and one of them, if it is at hand. */
  addAlike(queue: string | null, count: number, example: Failure | undefined): void {
    this.#count += count;
    this.#perQueue.set(queue, (this.#perQueue.get(queue) ?? 0) + count);
    if (example !== undefined && this.#first.length < MOST_LOOKED_AT) this.#first.push(example);
  }

  get count(): number {
    return this.#count;
  }

  get first(): readonly Failure[] {
    return this.#first;
  }

  /** Queues in which some of them failed, sorted. */
  get failedIn(): string[] {
    return [...this.#perQueue.keys()].filter((queue) => queue !== null).sort();
  }

  /** How many failed in a queue that is not on record. */
  get failedInUnknown(): number {
    return this.#perQueue.get(null) ?? 0;
  }
}

/**
 * Finds the ways of a preview's targets: which queues would get a copy, and which of them are not the queue that the
 * message failed in. It takes no longer than `WITHIN_MS`.
 */
export class TargetRoutes {
  readonly #services: RouteServices;
  readonly #until = performance.now() + WITHIN_MS;
  readonly #choices: ResendChoices;
  #closerLooks = MOST_LOOKED_AT_TOGETHER;

  constructor(services: RouteServices, choices: ResendChoices) {
    this.#services = services;
    this.#choices = choices;
  }

  /** `exists` is what the broker says of the exchange, or of the queue where the default exchange is meant. */
  async routeOf(
    destination: Destination,
    messages: TargetMessages,
    exists: Promise<boolean | null>,
  ): Promise<TargetRoute> {
    const { failedIn, failedInUnknown } = messages;
    const facts = { failedIn, failedInUnknown };
    // The default exchange sends to the queue of that name: the broker itself says whether it is there.
    const toQueue = destination.exchange === '' && !this.#choices.restoreCc;
    const found = toQueue ? null : this.#along(destination, messages);
    const isThere = await exists;
    if (isThere === false) return { ...facts, routing: 'known', queues: [], alsoReaches: [] };
    if (toQueue && isThere === null) return { ...facts, routing: 'brokerAway', alsoReaches: [] };
    const { looks, gap } = (await found) ?? { looks: looksAt(messages, [destination.routingKey]), gap: null };
    const queues = sorted(looks.flatMap(({ reached }) => reached));
    const routing = gap === null ? 'known' : routingWithout(gap);
    if (gap !== null && queues.length === 0) return { ...facts, routing, alsoReaches: [] };
    const alsoReaches = looks.flatMap(({ reached, failed }) =>
      failed === null ? [] : reached.filter((queue) => queue !== failed),
    );
    return { ...facts, routing, queues, alsoReaches: sorted(alsoReaches) };
  }

  async #along(destination: Destination, messages: TargetMessages): Promise<Found> {
    try {
      return await within(Math.max(this.#until - performance.now(), 0), this.#look(destination, messages));
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      return { looks: [], gap: 'notAnswered' };
    }
  }

  /** Where headers decide, or the keys of its CC, each message has a way of its own. */
  async #look(destination: Destination, messages: TargetMessages): Promise<Found> {
    const { reach, database } = this.#services;
    const common = await reach({ ...destination, headers: [] });
    if (!common.byHeaders && !this.#choices.restoreCc)
      return { looks: looksAt(messages, common.queues), gap: common.gap };
    const looked = messages.first.slice(0, this.#closerLooks);
    this.#closerLooks -= looked.length;
    const envelopes = await readManyEnvelopes(
      database,
      looked.map(({ contentId }) => contentId),
    );
    const looks: Look[] = [];
    let gap: RoutingGap | null = looked.length < messages.count ? 'headers' : null;
    for (const source of looked) {
      const known = envelopes.get(source.contentId);
      const headers = known && headersAsSent(known.headers ?? [], source, this.#choices);
      const own = await Promise.all(
        headers === undefined
          ? []
          : [destination.routingKey, ...carbonCopies(headers)].map((routingKey) =>
              reach({ exchange: destination.exchange, routingKey, headers }),
            ),
      );
      gap ??= headers === undefined ? 'headers' : (own.find((way) => way.gap !== null)?.gap ?? null);
      looks.push({ reached: sorted(own.flatMap(({ queues }) => queues)), failed: source.queue });
    }
    return { looks, gap };
  }
}

/** The further keys by which the broker sends a message. */
function carbonCopies(headers: HeaderTable): string[] {
  const cc = headers.find(({ name }) => name === 'CC');
  if (cc?.type !== 'array') return [];
  return cc.value.flatMap(({ value }) => (typeof value === 'string' ? [value] : []));
}

/** The way of one message, or of all that failed in one queue. */
interface Look {
  reached: readonly string[];
  failed: string | null;
}

interface Found {
  looks: readonly Look[];
  gap: RoutingGap | null;
}

function looksAt({ failedIn, failedInUnknown }: TargetMessages, reached: readonly string[]): Look[] {
  const looks: Look[] = failedIn.map((failed) => ({ reached, failed }));
  return failedInUnknown > 0 ? [...looks, { reached, failed: null }] : looks;
}

/** Whether there is an exchange has been asked of the broker: a management API that knows it not speaks of another one. */
function routingWithout(gap: RoutingGap): PreviewTarget['routing'] {
  return gap === 'missing' ? 'notAnswered' : gap;
}

/** The value of our own header is made when the message is sent; that it is there is all that a binding can ask for. */
function headersAsSent(
  headers: HeaderTable,
  { stripHeaders, addHeader }: Failure,
  choices: ResendChoices,
): HeaderTable {
  const contents = { properties: {}, headers, body: Buffer.alloc(0) };
  const mark = addHeader ? 'preview' : null;
  return messageToResend(contents, { ...choices, stripHeaders, mark, isOurMark: () => true, user: '' }).headers ?? [];
}

function sorted(queues: readonly string[]): string[] {
  return [...new Set(queues)].sort();
}
