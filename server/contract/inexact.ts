/**
 * Why a part of a message cannot be sent again exactly as it was. The client translates them by `inexact.<reason>`.
 *
 * | reason | means |
 * |---|---|
 * | `unreadable` | its bytes could not be read: a tag that nobody knows, a length past the end |
 * | `notFinite` | NaN or an infinity, which RabbitMQ does not carry |
 * | `refused` | the broker closes the channel over such a value |
 * | `unwritable` | it does not fit its type on the wire: a text of more than 255 bytes |
 * | `guessed` | the envelope in which it arrived did not hold it exactly; it is sent as it was restored |
 */
export const INEXACT_REASONS = ['unreadable', 'notFinite', 'refused', 'unwritable', 'guessed'] as const;
export type InexactReason = (typeof INEXACT_REASONS)[number];

/** One header or property that cannot be sent again as it was, or the body (without a name). */
export interface InexactPart {
  in: 'headers' | 'properties' | 'body';
  name: string;
  why: InexactReason;
}
