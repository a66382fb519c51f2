import type { PublishResult } from '../amqp/publisher.ts';

import type { HeldItem } from './claim.ts';
import type { ItemResult, PublishResults } from './publish-results.ts';

/**
 * Exchanges to which nothing more is sent in this run: the broker has said of the exchange itself that it takes nothing.
 * What was to go there ends with the same answer; other targets go on.
 */
export class StoppedTargets {
  readonly #stopped = new Map<string, NonNullable<ItemResult['end']>>();

  /** Reads an answer for what it says of its exchange. */
  note(exchange: string, { outcome, code, replyText }: PublishResult): void {
    if (outcome !== 'refused' || code === null || exchange === '') return;
    const ofExchange =
      code === 'item.exchangeMissing' ||
      code === 'item.exchangeInternal' ||
      // A topic permission is about one routing key.
      (code === 'item.accessRefused' && !/access to topic/.test(replyText ?? ''));
    if (ofExchange) this.#stopped.set(exchange, { outcome, code, text: replyText ?? null });
  }

  /** Those that may still be tried; the others get their outcome. */
  letThrough<Ready extends { item: HeldItem; destination: { exchange: string } }>(
    ready: readonly Ready[],
    results: PublishResults,
  ): readonly Ready[] {
    if (this.#stopped.size === 0) return ready;
    return ready.filter(({ item, destination }) => {
      const end = this.#stopped.get(destination.exchange);
      if (end === undefined) return true;
      results.expect(1);
      results.add({ item, portion: null, end });
      return false;
    });
  }
}
