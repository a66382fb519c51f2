import type { ManagedQueue, Management } from '../amqp/management.ts';
import type { QueueWarningWithParams as Warning } from '../contract/schemas/dead-queues.ts';

/** How long an answer of the management API serves, in ms. */
const FRESH_MS = 30_000;
/** From 4.0 on a quorum queue drops a message after so many returns when nothing else is said. */
const DEFAULT_DELIVERY_LIMIT = 20;

/** What the management API tells of a queue. */
export interface CheckedQueue {
  /** Null: it could not be asked. */
  type: string | null;
  warnings: Warning[];
}

/**
 * What the broker itself could do to the messages of a dead queue, as its management API tells. Without the API, or while
 * it does not answer, a warning says that. Nothing waits for it longer than one request.
 */
export class QueueFacts {
  readonly #management: Management | null;
  readonly #vhost: string;
  readonly #isRabbit4: () => boolean;
  readonly #known = new Map<string, { at: number; checked: Promise<CheckedQueue> }>();

  constructor(options: { management: Management | null; vhost: string; isRabbit4: () => boolean }) {
    this.#management = options.management;
    this.#vhost = options.vhost;
    this.#isRabbit4 = options.isRabbit4;
  }

  async check(queue: string): Promise<CheckedQueue> {
    const known = this.#known.get(queue);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return await known.checked;
    const checked = this.#ask(queue);
    for (const [name, { at }] of this.#known) if (performance.now() - at >= FRESH_MS) this.#known.delete(name);
    this.#known.set(queue, { at: performance.now(), checked });
    return await checked;
  }

  async #ask(queue: string): Promise<CheckedQueue> {
    if (this.#management === null) return unknownFor('notChecked');
    const facts = await this.#management.queue(this.#vhost, queue).catch(() => null);
    if (facts === null) return unknownFor('checkFailed');
    return { type: facts.type ?? null, warnings: dangersOf(facts, this.#isRabbit4()) };
  }
}

function unknownFor(code: 'notChecked' | 'checkFailed'): CheckedQueue {
  return { type: null, warnings: [{ code, params: {} }] };
}

/** Pure: what in a queue's type, arguments, policies and consumers can keep messages from the office. */
export function dangersOf(queue: ManagedQueue, isRabbit4: boolean): Warning[] {
  const setting = (argument: string, policy: string): number | null => {
    const values = [queue.arguments?.[argument], queue.effective_policy_definition?.[policy]].filter(
      (value) => typeof value === 'number',
    );
    const bounds = values.filter((value) => value >= 0);
    // The broker takes the smaller one of both; a negative one means no bound.
    if (bounds.length > 0) return Math.min(...bounds);
    return values.length > 0 ? -1 : null;
  };
  const warnings: Warning[] = [];
  const say = (code: Warning['code'], given: boolean) => {
    if (given) warnings.push({ code, params: {} });
  };
  const warn = (code: Warning['code'], count: number | null) => {
    if (count !== null && count >= 0) warnings.push({ code, params: { count } });
  };
  say('stream', queue.type === 'stream');
  say('notDurable', !queue.durable);
  say(
    'exclusive',
    queue.exclusive === true || (queue.consumer_details ?? []).some(({ exclusive }) => exclusive === true),
  );
  say('singleActiveConsumer', queue.arguments?.['x-single-active-consumer'] === true);
  if (queue.type === 'quorum') {
    warn('deliveryLimit', setting('x-delivery-limit', 'delivery-limit') ?? (isRabbit4 ? DEFAULT_DELIVERY_LIMIT : null));
  }
  warn('messageTtl', setting('x-message-ttl', 'message-ttl'));
  warn('maxLength', setting('x-max-length', 'max-length'));
  warn('maxLengthBytes', setting('x-max-length-bytes', 'max-length-bytes'));
  warn('expires', setting('x-expires', 'expires'));
  // An argument goes before a policy. The empty name is the default exchange.
  const exchange =
    queue.arguments?.['x-dead-letter-exchange'] ?? queue.effective_policy_definition?.['dead-letter-exchange'];
  if (typeof exchange === 'string') warnings.push({ code: 'deadLetters', params: { exchange } });
  return warnings;
}
