import type { ManagedQueue, Management } from '../amqp/management.ts';
import type { DeadQueue } from '../contract/schemas/dead-queues.ts';

type Warning = DeadQueue['warnings'][number];

/** How long an answer of the management API serves, in ms. */
const FRESH_MS = 30_000;
/** From 4.0 on a quorum queue drops a message after so many returns when nothing else is said. */
const DEFAULT_DELIVERY_LIMIT = 20;

/**
 * What the broker itself could do to the messages of a dead queue, as its management API tells. Warnings only: without
 * the API, or while it does not answer, there are none, and nothing waits for them longer than one request.
 */
export class QueueFacts {
  readonly #management: Management | null;
  readonly #vhost: string;
  readonly #isRabbit4: () => boolean;
  readonly #known = new Map<string, { at: number; warnings: Promise<Warning[]> }>();

  constructor(options: { management: Management | null; vhost: string; isRabbit4: () => boolean }) {
    this.#management = options.management;
    this.#vhost = options.vhost;
    this.#isRabbit4 = options.isRabbit4;
  }

  async warningsOf(queue: string): Promise<Warning[]> {
    if (this.#management === null) return [];
    const known = this.#known.get(queue);
    if (known !== undefined && performance.now() - known.at < FRESH_MS) return await known.warnings;
    const warnings = this.#management.queue(this.#vhost, queue).then(
      (facts) => (facts === null ? [] : dangersOf(facts, this.#isRabbit4())),
      () => [],
    );
    this.#known.set(queue, { at: performance.now(), warnings });
    return await warnings;
  }
}

/** Pure: what in a queue's arguments and policies can take messages away before the office has them. */
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
  const warn = (code: Warning['code'], count: number | null) => {
    if (count !== null && count >= 0) warnings.push({ code, params: { count } });
  };
  if (queue.type === 'quorum') {
    warn('deliveryLimit', setting('x-delivery-limit', 'delivery-limit') ?? (isRabbit4 ? DEFAULT_DELIVERY_LIMIT : null));
  }
  warn('messageTtl', setting('x-message-ttl', 'message-ttl'));
  warn('maxLength', setting('x-max-length', 'max-length'));
  warn('expires', setting('x-expires', 'expires'));
  return warnings;
}
