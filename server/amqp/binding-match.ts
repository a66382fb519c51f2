import { isUtf8 } from 'node:buffer';

import type { ManagedBinding } from './management.ts';
import type { Header, HeaderTable } from './message.ts';

/**
 * Whether RabbitMQ would take a message along a binding, as its own exchange types decide. Pure.
 *
 * `unsure`: brokers differ, or the management API does not tell enough of the binding's arguments.
 */
export type Match = 'yes' | 'no' | 'unsure';

/** What the routing of a message depends on, apart from the exchange. */
export interface RoutedMessage {
  /** The routing key, and those of CC and BCC. */
  routingKeys: readonly string[];
  headers: HeaderTable;
}

/** Decides for one binding of an exchange. */
export type Matcher = (binding: Pick<ManagedBinding, 'routing_key' | 'arguments'>, message: RoutedMessage) => Match;

const MATCHERS: ReadonlyMap<string, Matcher> = new Map<string, Matcher>([
  ['fanout', () => 'yes'],
  ['direct', ({ routing_key }, { routingKeys }) => toMatch(routingKeys.includes(routing_key))],
  ['topic', ({ routing_key }, { routingKeys }) => toMatch(routingKeys.some((key) => topicMatches(routing_key, key)))],
  ['headers', (binding, { headers }) => headersMatch(binding.arguments ?? {}, headers)],
]);

/** The matcher of a type of exchange. Undefined for the types of plugins: what they do is not known. */
export function matcherOf(exchangeType: string): Matcher | undefined {
  return MATCHERS.get(exchangeType);
}

/** The keys by which the broker routes a publish: it reads CC and BCC itself. */
export function routingKeysOf(routingKey: string, headers: HeaderTable): string[] {
  const keys = new Set([routingKey]);
  for (const header of headers) {
    if ((header.name !== 'CC' && header.name !== 'BCC') || header.type !== 'array') continue;
    for (const { type, value } of header.value) if (type === 'string' && typeof value === 'string') keys.add(value);
  }
  return [...keys];
}

/**
 * `*` is exactly one word, `#` any number of words, none included. Words stand between dots and can be empty, so `a..b`
 * has three; the empty key has none at all, and only `#` and the empty pattern match it.
 */
export function topicMatches(pattern: string, routingKey: string): boolean {
  const parts = words(pattern);
  const key = words(routingKey);
  let part = 0;
  let at = 0;
  // Where to go on when what followed the last `#` did not fit: it takes one word more.
  let hash = -1;
  let taken = 0;
  while (at < key.length) {
    if (parts[part] === '#') {
      hash = part++;
      taken = at;
    } else if (part < parts.length && (parts[part] === '*' || parts[part] === key[at])) {
      part++;
      at++;
    } else if (hash >= 0) {
      part = hash + 1;
      at = ++taken;
    } else {
      return false;
    }
  }
  while (parts[part] === '#') part++;
  return part === parts.length;
}

function words(key: string): string[] {
  return key === '' ? [] : key.split('.');
}

/**
 * The binding's arguments are as `Management` reads them: integers as bigint, other numbers as number.
 *
 * `x-match` is all (the default), any, all-with-x or any-with-x; without "-with-x" arguments whose names begin with `x-`
 * do not count. An argument without a value asks only for the header to be there. Types do not count where the values
 * can be the same: RabbitMQ compares the integer 5 of any width, a text and the same bytes, as equal.
 */
export function headersMatch(args: Readonly<Record<string, unknown>>, headers: HeaderTable): Match {
  const kind = args['x-match'];
  const withX = kind === 'all-with-x' || kind === 'any-with-x';
  const matches = Object.entries(args)
    .filter(([name]) => name !== 'x-match' && (withX || !name.startsWith('x-')))
    .map(([name, value]) => headerMatches(name, value, headers));
  const [decides, otherwise] = kind === 'any' || kind === 'any-with-x' ? YES_DECIDES : NO_DECIDES;
  if (matches.includes(decides)) return decides;
  return matches.includes('unsure') ? 'unsure' : otherwise;
}

const YES_DECIDES = ['yes', 'no'] as const;
const NO_DECIDES = ['no', 'yes'] as const;

/** How the API writes an argument without a value. That somebody binds by the text "undefined" is not expected. */
const VOID = 'undefined';

function headerMatches(name: string, value: unknown, headers: HeaderTable): Match {
  const found = headers.filter((header) => header.name === name && header.rawName === undefined);
  if (found.length === 0) return 'no';
  if (value === null || value === VOID) return 'yes';
  // Of duplicates RabbitMQ 3 takes the first one, RabbitMQ 4 the last one.
  const [match = 'no', ...others] = found.map((header) => valueMatches(value, header));
  return others.every((other) => other === match) ? match : 'unsure';
}

function valueMatches(wanted: unknown, header: Header): Match {
  switch (header.type) {
    case 'string':
      return toMatch(wanted === (typeof header.value === 'string' ? header.value : asTold(header.value.base64)));
    case 'bytes':
      return toMatch(wanted === asTold(header.value));
    case 'boolean':
      return toMatch(wanted === header.value);
    case 'void':
      return 'no';
    case 'int8':
    case 'uint8':
    case 'int16':
    case 'uint16':
    case 'int32':
    case 'uint32':
    case 'int64':
      return integerMatches(wanted, BigInt(header.value));
    case 'timestamp': {
      // RabbitMQ 4 compares milliseconds with the seconds of the binding.
      const seconds = integerMatches(wanted, BigInt(header.value));
      return seconds === 'no' ? toUnsure(integerMatches(wanted, BigInt(header.value) * 1_000n)) : 'unsure';
    }
    case 'float':
    case 'double':
      return floatMatches(wanted, Number(header.value));
    case 'table':
    case 'array':
      // The API tells the values in them without their types, which count here.
      return typeof wanted === 'object' ? 'unsure' : 'no';
    case 'decimal':
    case 'unparsed':
      return 'unsure';
  }
}

/** Bytes as the API writes them. */
function asTold(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return isUtf8(bytes) ? bytes.toString('utf8') : `Not UTF-8, base64 is: ${bytes.toString('base64')}`;
}

/** RabbitMQ 3 takes 5 and 5.0 for the same, RabbitMQ 4 does not. */
function integerMatches(wanted: unknown, value: bigint): Match {
  if (typeof wanted === 'bigint') return toMatch(wanted === value);
  return typeof wanted === 'number' && wanted === Number(value) ? 'unsure' : 'no';
}

function floatMatches(wanted: unknown, value: number): Match {
  if (typeof wanted === 'bigint') return Number(wanted) === value ? 'unsure' : 'no';
  if (typeof wanted !== 'number' || wanted !== value) return 'no';
  // Whether 0.0 and -0.0 are the same depends on the version of Erlang.
  return Object.is(wanted, value) ? 'yes' : 'unsure';
}

function toMatch(matches: boolean): Match {
  return matches ? 'yes' : 'no';
}

function toUnsure(match: Match): Match {
  return match === 'no' ? 'no' : 'unsure';
}
