import { refusalBefore } from '../amqp/publish-checks.ts';
import type { HeaderTable, MessageProperties } from '../contract/wire.ts';
import type { ItemError } from '../contract/errors.ts';
import type { Target } from '../contract/schemas/operations.ts';
import { cutToBytes } from '../diagnosis/bounded-text.ts';

/** What decides whether, and where to, a message can be resent. All of its latest death. */
export interface ResendFacts {
  /** The exchange and keys it was published with, the queue it failed in; null and [] where nobody recorded them. */
  exchange: string | null;
  routingKeys: readonly string[];
  queue: string | null;
  /** Its contents were removed after their retention term. */
  contentsPurged: boolean;
  /** Parts that the envelope in which it arrived did not hold exactly. */
  inexactParts: readonly string[];
  /** Left out where they are not at hand: then only the facts above count. */
  contents?: { properties: MessageProperties; headers?: HeaderTable };
}

export interface Destination {
  /** '' is the default exchange. */
  exchange: string;
  routingKey: string;
}

/** Whether a message can be resent, or why not. Its status is another matter. */
export type Resendable = { ok: true } | { ok: false; code: ItemError; params?: Record<string, string> };

/** Where a resend would go. Null when that is not on record: nothing is guessed. */
export function destinationOf(facts: ResendFacts, target: Target = { kind: 'original' }): Destination | null {
  switch (target.kind) {
    case 'original': {
      const [routingKey] = facts.routingKeys;
      return facts.exchange === null || routingKey === undefined ? null : { exchange: facts.exchange, routingKey };
    }
    case 'queue':
      return facts.queue === null ? null : { exchange: '', routingKey: facts.queue };
    case 'custom':
      return { exchange: target.exchange, routingKey: target.routingKey };
  }
}

/** Of the parts so much is told, in bytes. */
const PARTS_BYTES = 500;

/**
 * Why a message cannot be resent, as far as can be told without the broker. Pure.
 *
 * @param sendInexact a person has decided to send what is not surely as it was.
 */
export function resendable(facts: ResendFacts, target?: Target, sendInexact = false): Resendable {
  if (facts.contentsPurged) return { ok: false, code: 'item.contentsPurged' };
  const destination = destinationOf(facts, target);
  if (destination === null) return { ok: false, code: 'item.originUnknown' };
  if (facts.inexactParts.length > 0 && !sendInexact) {
    const parts = cutToBytes(facts.inexactParts.join(', '), PARTS_BYTES);
    return { ok: false, code: 'item.notExact', params: { parts } };
  }
  return facts.contents === undefined ? { ok: true } : sendable(facts.contents, destination);
}

/** What the publisher would refuse before anything leaves: headers that no broker carries, properties that it closes the channel over. */
function sendable({ properties, headers }: NonNullable<ResendFacts['contents']>, destination: Destination): Resendable {
  // CC and BCC are not sent again: their queues had the message.
  const sent = headers?.filter(({ name }) => name !== 'CC' && name !== 'BCC');
  const contents = { properties, ...(sent === undefined ? {} : { headers: sent }), body: Buffer.alloc(0) };
  const refusal = refusalBefore({ ...destination, contents, deadlineMs: 0 });
  if (refusal === null) return { ok: true };
  const { code, replyText } = refusal;
  return {
    ok: false,
    code: code ?? 'item.fault',
    ...(replyText === undefined ? {} : { params: { text: replyText } }),
  };
}
