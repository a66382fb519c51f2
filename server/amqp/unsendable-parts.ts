import type { InexactPart, InexactReason } from '../contract/inexact.ts';
import type { BrokerTerms } from './broker-terms.ts';
import { encodeContentHeader, PROPERTY_NAMES, type PropertyName } from './content-header.ts';
import type { Header, MessageContents, MessageProperties, TypedValue } from './message.ts';

type Envelope = Pick<MessageContents, 'properties' | 'headers'>;
type Terms = Pick<BrokerTerms, 'anyDeliveryMode'>;

/** RabbitMQ's most (rabbit_basic, ?MAX_EXPIRY_TIMER), in ms. */
const MAX_EXPIRATION = 4_294_967_295;
const FAST_REPLY_TO = 'amq.rabbitmq.reply-to';
/** Headers by which the broker routes to further queues. */
export const ROUTING_HEADERS: readonly string[] = ['CC', 'BCC'];

/**
 * The properties and headers of a message that no publish could carry to this broker, each with the reason. Pure.
 *
 * @param isWhole whether all of it can be written, where that is known: mostly it can, and then no part has to be tried
 *   by itself.
 */
export function unsendableParts(envelope: Envelope, terms: Terms, isWhole = isWritable(envelope)): InexactPart[] {
  const { properties, headers = [] } = envelope;
  return [
    ...PROPERTY_NAMES.flatMap((name): InexactPart[] => {
      const why = whyNotProperty(properties, name, terms) ?? (isWhole ? null : unwritableProperty(properties, name));
      return why === null ? [] : [{ in: 'properties', name, why }];
    }),
    ...headers.flatMap((header): InexactPart[] => {
      const why = whyNotHeader(header) ?? (isWhole ? null : unwritableHeader(header));
      return why === null ? [] : [{ in: 'headers', name: header.name, why }];
    }),
  ];
}

/** The message without exactly those parts. The given one stays as it is. */
export function withoutUnsendable(contents: MessageContents, terms: Terms): MessageContents {
  const { headers, body } = contents;
  const properties = { ...contents.properties };
  for (const name of PROPERTY_NAMES) {
    const why = whyNotProperty(properties, name, terms) ?? unwritableProperty(properties, name);
    if (why !== null) Reflect.deleteProperty(properties, name);
  }
  const kept = headers?.filter((header) => (whyNotHeader(header) ?? unwritableHeader(header)) === null);
  return { properties, ...(kept === undefined ? {} : { headers: kept }), body };
}

function whyNotProperty(properties: MessageProperties, name: PropertyName, terms: Terms): InexactReason | null {
  const value = properties[name];
  if (value === undefined) return null;
  if (name === 'expiration' && !(/^\d+$/.test(String(value)) && Number(value) <= MAX_EXPIRATION)) return 'refused';
  if (name === 'replyTo' && value === FAST_REPLY_TO) return 'refused';
  if (name === 'deliveryMode' && value !== 1 && value !== 2 && !terms.anyDeliveryMode) return 'refused';
  return null;
}

function unwritableProperty(properties: MessageProperties, name: PropertyName): InexactReason | null {
  const alone = { [name]: properties[name], ...(properties.raw === undefined ? {} : { raw: properties.raw }) };
  return isWritable({ properties: alone }) ? null : 'unwritable';
}

function whyNotHeader(header: Header): InexactReason | null {
  if (ROUTING_HEADERS.includes(header.name) && !isListOfStrings(header)) return 'refused';
  return whyNotValue(header);
}

function unwritableHeader(header: Header): InexactReason | null {
  return isWritable({ properties: {}, headers: [header] }) ? null : 'unwritable';
}

function isListOfStrings(header: Header): boolean {
  return header.type === 'array' && header.value.every(({ type }) => type === 'string');
}

/** RabbitMQ (Erlang) has no NaN and no infinities, and closes the connection on them and on tags it does not know. */
function whyNotValue(value: TypedValue): InexactReason | null {
  switch (value.type) {
    case 'unparsed':
      return 'unreadable';
    case 'float':
    case 'double':
      return value.value === '-0' || Number.isFinite(value.value) ? null : 'notFinite';
    case 'table':
    case 'array':
      for (const each of value.value) {
        const why = whyNotValue(each);
        if (why !== null) return why;
      }
      return null;
    default:
      return null;
  }
}

function isWritable(envelope: Envelope): boolean {
  try {
    encodeContentHeader(0, 0, envelope);
    return true;
  } catch {
    return false;
  }
}

const NAMED_PARTS = 10;
const NAME_CHARACTERS = 80;

/** The parts in words for people: where, name, reason. At most ten of them, long names cut. */
export function describeParts(parts: readonly InexactPart[]): string {
  const named = parts.slice(0, NAMED_PARTS).map(({ in: place, name, why }) => {
    const shown = name.length > NAME_CHARACTERS ? `${name.slice(0, NAME_CHARACTERS)}…` : name;
    return place === 'body' ? `body (${why})` : `${place}.${shown} (${why})`;
  });
  return [...named, ...(parts.length > NAMED_PARTS ? ['…'] : [])].join(', ');
}
