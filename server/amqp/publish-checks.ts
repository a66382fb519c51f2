import type { ItemError } from '../contract/errors.ts';
import type { HeaderTable, MessageContents } from './message.ts';
import type { PublishRequest, PublishResult } from './publisher.ts';
import { describeParts, ROUTING_HEADERS, unsendableParts } from './unsendable-parts.ts';

/** The header that names a resend. Returns are matched by its value, so no two messages in flight bear the same. */
export const OFFICE_HEADER = 'x-dead-letter-office-id';

export function refused(code: ItemError, replyText: string, replyCode?: number): PublishResult {
  return replyCode === undefined
    ? { outcome: 'refused', code, replyText }
    : { outcome: 'refused', code, replyCode, replyText };
}

/**
 * What RabbitMQ would answer by closing the channel, or the connection with everything that is in flight on it, is
 * refused here, before anything leaves. Null when there is nothing to say against it. A delivery mode is left to the
 * broker.
 *
 * @param isWhole whether all of the message can be written.
 */
export function refusalBefore(
  { exchange, routingKey, contents }: PublishRequest,
  isWhole: boolean,
): PublishResult | null {
  if (Buffer.byteLength(exchange) > 255)
    return refused('item.exchangeMissing', 'an exchange name has 255 bytes at most');
  if (Buffer.byteLength(routingKey) > 255) return refused('item.noRoute', 'a routing key has 255 bytes at most');
  const parts = unsendableParts(contents, { anyDeliveryMode: true }, isWhole);
  const [first] = parts;
  if (first === undefined) return null;
  return refused(first.why === 'refused' ? 'item.preconditionFailed' : 'item.notExact', describeParts(parts));
}

/** Whether the broker sends copies by the message's own headers, and asks for a permission for each. */
export function hasOwnRouting({ headers }: MessageContents): boolean {
  return headers?.some(({ name }) => ROUTING_HEADERS.includes(name)) ?? false;
}

/** The value of our header, by which a return is matched; null when there is not exactly one, in text. */
export function correlationOf(headers: HeaderTable | undefined): string | null {
  const ours = headers?.filter(({ name }) => name === OFFICE_HEADER) ?? [];
  const [header] = ours;
  return ours.length === 1 && header?.type === 'string' && typeof header.value === 'string' ? header.value : null;
}

/** What the broker's "no" to a publish means. Codes: https://www.rabbitmq.com/amqp-0-9-1-reference#reply-codes */
export function refusalOf(replyCode: number, replyText: string): PublishResult | null {
  switch (replyCode) {
    case 403:
      return refused(
        /internal exchange/.test(replyText) ? 'item.exchangeInternal' : 'item.accessRefused',
        replyText,
        403,
      );
    case 404:
      return refused('item.exchangeMissing', replyText, 404);
    case 406:
      return refused(/max size/.test(replyText) ? 'item.tooLarge' : 'item.preconditionFailed', replyText, 406);
    default:
      return null;
  }
}

/** The size that a broker names when it refuses a body: none larger need be tried. Null when it names none. */
export function mostBytesIn(replyText: string | undefined): number | null {
  const size = /max size (\d+)/.exec(replyText ?? '')?.[1];
  return size === undefined ? null : Number(size);
}

/** In words much like the broker's own. */
export function tooLargeText(bytes: number, mostBytes: number): string {
  return `message size ${bytes} is larger than this broker's max size ${mostBytes}`;
}
