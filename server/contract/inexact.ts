/**
 * Why a part of a message cannot be sent again exactly as it was. The client translates them by `inexact.<reason>`.
 *
 * | reason | means |
 * |---|---|
 * | `unreadable` | its bytes could not be read: a tag that nobody knows, a length past the end |
 * | `notFinite` | NaN or an infinity, which RabbitMQ does not carry |
 * | `refused` | the broker closes the channel over such a value |
 * | `unwritable` | it does not fit its type on the wire: a text of more than 255 bytes |
 */
export const INEXACT_REASONS = ['unreadable', 'notFinite', 'refused', 'unwritable'] as const;
export type InexactReason = (typeof INEXACT_REASONS)[number];

/** One header or property that cannot be sent again as it was. */
export interface InexactPart {
  in: 'headers' | 'properties';
  name: string;
  why: InexactReason;
}
