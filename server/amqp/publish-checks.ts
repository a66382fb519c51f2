import type { ItemError } from '../contract/errors.ts';
import type { Header, HeaderTable, MessageContents, TypedValue } from './message.ts';
import type { PublishRequest, PublishResult } from './publisher.ts';

/** The header that names a resend. Returns are matched by its value, so no two messages in flight bear the same. */
export const OFFICE_HEADER = 'x-dead-letter-office-id';

/** RabbitMQ's most (rabbit_basic, ?MAX_EXPIRY_TIMER), in ms. */
const MAX_EXPIRATION = 4_294_967_295;
const FAST_REPLY_TO = 'amq.rabbitmq.reply-to';
const ROUTING_HEADERS = ['CC', 'BCC'];

export function refused(code: ItemError, replyText: string, replyCode?: number): PublishResult {
  return replyCode === undefined
    ? { outcome: 'refused', code, replyText }
    : { outcome: 'refused', code, replyCode, replyText };
}

/**
 * What RabbitMQ would answer by closing the channel, or the connection with everything that is in flight on it, is
 * refused here, before anything leaves. Null when there is nothing to say against it.
 */
export function refusalBefore({ exchange, routingKey, contents }: PublishRequest): PublishResult | null {
  if (Buffer.byteLength(exchange) > 255)
    return refused('item.exchangeMissing', 'an exchange name has 255 bytes at most');
  if (Buffer.byteLength(routingKey) > 255) return refused('item.noRoute', 'a routing key has 255 bytes at most');
  const { expiration, replyTo } = contents.properties;
  if (expiration !== undefined && !(/^\d+$/.test(expiration) && Number(expiration) <= MAX_EXPIRATION)) {
    return refused('item.preconditionFailed', 'the expiration is not a number of milliseconds that RabbitMQ takes');
  }
  if (replyTo === FAST_REPLY_TO) {
    return refused('item.preconditionFailed', `reply_to is ${FAST_REPLY_TO}: only the requester itself can send that`);
  }
  for (const header of contents.headers ?? []) {
    if (ROUTING_HEADERS.includes(header.name) && !isListOfStrings(header)) {
      return refused('item.preconditionFailed', `the header ${header.name} is not a list of strings`);
    }
    if (!isCarried(header)) {
      return refused('item.notExact', `the header ${header.name} has a value that RabbitMQ does not carry`);
    }
  }
  return null;
}

function isListOfStrings(header: Header): boolean {
  return header.type === 'array' && header.value.every(({ type }) => type === 'string');
}

/** RabbitMQ (Erlang) has no NaN and no infinities, and closes the connection on them and on tags it does not know. */
function isCarried(value: TypedValue): boolean {
  switch (value.type) {
    case 'unparsed':
      return false;
    case 'float':
    case 'double':
      return value.value === '-0' || Number.isFinite(value.value);
    case 'table':
    case 'array':
      return value.value.every(isCarried);
    default:
      return true;
  }
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
