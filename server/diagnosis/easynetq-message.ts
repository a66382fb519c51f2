import { isUtf8 } from 'node:buffer';
import type { HeaderTable, TypedValue } from '../amqp/message.ts';
import { asExactObject, JsonNumber, ownField, parseExactJson, wholeNumber } from './exact-json.ts';
import {
  bytesOfBase64,
  doubleOf,
  guessNumber,
  isExactText,
  MAX_DEPTH,
  readHeaders,
  readList,
  readProperties,
  readTable,
  stringOfBytes,
  type InnerMessage,
  type Restored,
} from './inner-message.ts';
import { parseJson, type JsonObject } from './json-reading.ts';

/** What a field is called: `Message`, or `message` by the serializer's options. */
type Naming = (name: string) => string;
const capital: Naming = (name) => name;
const small: Naming = (name) => `${name.charAt(0).toLowerCase()}${name.slice(1)}`;

const MAX_UINT64 = 2n ** 64n - 1n;

/**
 * The message in an EasyNetQ error envelope, or null where it cannot be told what it was.
 *
 * Three writers are known: System.Text.Json's second version writes every header with its type, so that all of it is
 * exact; its first one and Newtonsoft's leave the types to be guessed, but for strings, which the .NET client hands out
 * as bytes and both write as base64. Pure; never throws.
 */
export function readEasyNetQMessage(body: Buffer): InnerMessage | null {
  const envelope = asExactObject(parseExactJson(body));
  if (envelope === null) return null;
  const naming = Object.hasOwn(envelope, 'Message') ? capital : small;
  const message = ownField(envelope, naming('Message'));
  const basic = asExactObject(ownField(envelope, naming('BasicProperties')));
  if (typeof message !== 'string' || basic === null) return null;
  const properties = readBasicProperties(basic, naming);
  const written = ownField(basic, naming('Headers')) ?? null;
  const headers = written === null ? NO_HEADERS : readHeaderObject(written, naming);
  if (properties === null || headers === null) return null;
  const restored = readBody(message, properties.properties.contentType);
  return {
    contents: {
      properties: properties.properties,
      // None, and an empty table, are written alike.
      ...(headers.headers.length === 0 ? {} : { headers: headers.headers }),
      body: restored.value,
    },
    inexactParts: [...properties.inexactParts, ...headers.inexactParts, ...(restored.exact ? [] : ['body'])],
  };
}

const NO_HEADERS: { headers: HeaderTable; inexactParts: string[] } = { headers: [], inexactParts: [] };

/** With `…Present` fields these decide; without them 0 is what .NET has for "absent". */
function readBasicProperties(basic: JsonObject, naming: Naming) {
  const field = (name: string): unknown => {
    const present = ownField(basic, naming(`${name}Present`));
    const value = ownField(basic, naming(name));
    if (present === false) return undefined;
    return present !== true && value instanceof JsonNumber && Number(value.text) === 0 ? undefined : value;
  };
  const capitalised = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return readProperties({
    text: (name) => field(capitalised(name)),
    number: (name) => field(capitalised(name)),
    expiration: readExpiration(field('Expiration') ?? null),
    timestamp: readTimestamp(field('Timestamp') ?? null),
  });
}

/** Milliseconds, or .NET's `d.hh:mm:ss.fffffff`, which EasyNetQ itself makes of whole milliseconds. */
function readExpiration(value: unknown): string | null | false {
  if (value === null) return null;
  if (typeof value !== 'string') return false;
  if (/^\d{1,20}$/.test(value)) return value;
  const match = /^(?:(\d{1,8})\.)?(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3})0{0,4})?$/.exec(value);
  if (match === null) return false;
  const [days = 0, hours = 0, minutes = 0, seconds = 0, milliseconds = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? '0'));
  return String((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000 + milliseconds);
}

function readTimestamp(value: unknown): string | null | false {
  if (value === null) return null;
  const number = wholeNumber(value, -(2n ** 63n), MAX_UINT64);
  return number === null ? false : String(BigInt.asUintN(64, number));
}

function readHeaderObject(written: unknown, naming: Naming) {
  const object = asExactObject(written);
  if (object === null) return null;
  const entries = Object.entries(object).filter((entry) => !isTypeNote(entry));
  if (entries.length > 0 && entries.every(([, value]) => isTyped(value, naming))) {
    return readHeaders(entries, (value) => readTyped(value, naming, 0));
  }
  const newtonsoft = holdsTypeNotes(object, 0);
  // Newtonsoft's naming by small letters takes names of headers too: `TraceId` would have become `traceId`.
  const namesExact = naming === capital || entries.some(([name]) => /^\p{Lu}/u.test(name));
  return readHeaders(entries, (value) => {
    const restored = guess(value, newtonsoft, 0);
    return restored === null || namesExact ? restored : { ...restored, exact: false };
  });
}

/** Newtonsoft's `"$type": "System.Collections.Generic.Dictionary…"`, which is no header. */
function isTypeNote([name, value]: readonly [string, unknown]): boolean {
  return name === '$type' && typeof value === 'string' && value.startsWith('System.');
}

function holdsTypeNotes(value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || typeof value !== 'object' || value === null || value instanceof JsonNumber) return false;
  return Object.entries(value).some(
    (entry: [string, unknown]) => isTypeNote(entry) || holdsTypeNotes(entry[1], depth + 1),
  );
}

function isTyped(value: unknown, naming: Naming): value is JsonObject {
  const object = asExactObject(value);
  if (object === null || Object.keys(object).length !== 2 || !Object.hasOwn(object, naming('Value'))) return false;
  return wholeNumber(ownField(object, naming('Type')), 1n, 17n) !== null;
}

const NUMBERS: ReadonlyMap<
  string,
  [type: 'int8' | 'uint8' | 'int16' | 'int32' | 'uint32', least: bigint, most: bigint]
> = new Map([
  ['3', ['uint8', 0n, 255n]],
  ['4', ['int8', -128n, 127n]],
  ['5', ['int16', -32_768n, 32_767n]],
  ['6', ['int32', -(2n ** 31n), 2n ** 31n - 1n]],
  ['7', ['uint32', 0n, 2n ** 32n - 1n]],
]);

/** `{"Type": 6, "Value": 3}`: https://github.com/EasyNetQ/EasyNetQ, `JsonHeaderType`. */
function readTyped(written: unknown, naming: Naming, depth: number): Restored<TypedValue> | null {
  if (depth > MAX_DEPTH || !isTyped(written, naming)) return null;
  const type = String(wholeNumber(ownField(written, naming('Type')), 1n, 17n));
  const value = ownField(written, naming('Value'));
  const deeper = (item: unknown): Restored<TypedValue> | null => readTyped(item, naming, depth + 1);
  if (type === '15') {
    const list = Array.isArray(value) ? readList(value as unknown[], deeper) : null;
    return list === null ? null : { value: { type: 'array', value: list.value }, exact: list.exact };
  }
  if (type === '16') {
    const table = asExactObject(value) === null ? null : readTable(Object.entries(asExactObject(value) ?? {}), deeper);
    // Names within a table are written by the naming of the fields, so that small letters may have been capitals.
    return table === null
      ? null
      : { value: { type: 'table', value: table.value }, exact: table.exact && naming === capital };
  }
  const scalar = readScalar(type, value);
  return scalar === null ? null : { value: scalar, exact: typeof value !== 'string' || isExactText(value) };
}

function readScalar(type: string, value: unknown): TypedValue | null {
  const numbers = NUMBERS.get(type);
  if (numbers !== undefined) {
    const number = wholeNumber(value, numbers[1], numbers[2]);
    return number === null ? null : { type: numbers[0], value: Number(number) };
  }
  const bytes = typeof value === 'string' ? bytesOfBase64(value) : null;
  switch (type) {
    case '1':
      return value === null ? { type: 'void', value: null } : null;
    case '2':
      return typeof value === 'boolean' ? { type: 'boolean', value } : null;
    case '8': {
      const number = wholeNumber(value, -(2n ** 63n), 2n ** 63n - 1n);
      return number === null ? null : { type: 'int64', value: String(number) };
    }
    case '9':
    case '10':
      return value instanceof JsonNumber ? doubleOf(value.text, type === '9' ? 'float' : 'double') : null;
    case '11':
      return value instanceof JsonNumber ? decimalOf(value.text) : null;
    case '12': {
      const seconds = readTimestamp(value);
      return typeof seconds === 'string' ? { type: 'timestamp', value: seconds } : null;
    }
    case '13':
      return typeof value === 'string' ? stringOfBytes(Buffer.from(value, 'utf8')) : null;
    case '14':
      // The .NET client hands out every string as bytes; what is bytes on the wire comes as a type of its own.
      return bytes === null ? null : stringOfBytes(bytes);
    case '17':
      return bytes === null ? null : { type: 'bytes', value: bytes.toString('base64') };
    default:
      return null;
  }
}

/** .NET keeps the places of a decimal: `19.90` has two. */
function decimalOf(text: string): TypedValue | null {
  const match = /^(-?)(\d{1,10})(?:\.(\d{1,28}))?$/.exec(text);
  if (match === null) return null;
  const fraction = match[3] ?? '';
  const digits = Number(`${match[1] ?? ''}${match[2] ?? ''}${fraction}`);
  if (digits < -(2 ** 31) || digits > 2 ** 31 - 1) return null;
  return { type: 'decimal', value: { places: fraction.length, digits } };
}

/** A header without its type. A string can only have been bytes, a boolean only one; all else is a guess. */
function guess(written: unknown, newtonsoft: boolean, depth: number): Restored<TypedValue> | null {
  if (depth > MAX_DEPTH) return null;
  if (written === null) return { value: { type: 'void', value: null }, exact: true };
  if (typeof written === 'boolean') return { value: { type: 'boolean', value: written }, exact: true };
  if (written instanceof JsonNumber) return { value: guessNumber(written, 'int32'), exact: false };
  const deeper = (item: unknown): Restored<TypedValue> | null => guess(item, newtonsoft, depth + 1);
  if (typeof written === 'string') {
    // Newtonsoft marks bytes, where it marks types at all: then a bare text is one that nobody can have received.
    const bytes = newtonsoft ? null : bytesOfBase64(written);
    if (bytes !== null) return { value: stringOfBytes(bytes), exact: true };
    return { value: stringOfBytes(Buffer.from(written, 'utf8')), exact: false };
  }
  if (Array.isArray(written)) return guessList(written as unknown[], deeper);
  const object = asExactObject(written);
  return object === null ? null : guessObject(object, deeper);
}

function guessObject(
  object: JsonObject,
  deeper: (item: unknown) => Restored<TypedValue> | null,
): Restored<TypedValue> | null {
  const type = ownField(object, '$type');
  const value = ownField(object, '$value');
  if (typeof type === 'string' && type.startsWith('System.Byte[]')) {
    const bytes = typeof value === 'string' ? bytesOfBase64(value) : null;
    return bytes === null ? null : { value: stringOfBytes(bytes), exact: true };
  }
  const values = ownField(object, '$values');
  if (typeof type === 'string' && Array.isArray(values)) return guessList(values as unknown[], deeper);
  const entries = Object.entries(object).filter((entry) => !/^\$(?:type|id)$/.test(entry[0]));
  const [only] = entries;
  if (entries.length === 1 && only !== undefined) {
    // `AmqpTimestamp` and `BinaryTableValue` of the .NET client.
    const seconds = /^unixTime$/i.test(only[0]) ? readTimestamp(only[1]) : null;
    if (typeof seconds === 'string') return { value: { type: 'timestamp', value: seconds }, exact: false };
    const bytes = /^bytes$/i.test(only[0]) && typeof only[1] === 'string' ? bytesOfBase64(only[1]) : null;
    if (bytes !== null) return { value: { type: 'bytes', value: bytes.toString('base64') }, exact: false };
  }
  const table = readTable(entries, deeper);
  return table === null ? null : { value: { type: 'table', value: table.value }, exact: false };
}

function guessList(
  values: readonly unknown[],
  deeper: (item: unknown) => Restored<TypedValue> | null,
): Restored<TypedValue> | null {
  const list = readList(values, deeper);
  return list === null ? null : { value: { type: 'array', value: list.value }, exact: false };
}

/**
 * `Message` is the body as text; with a `Base64ErrorMessageSerializer` it is its base64, and nothing says which. It is
 * taken for base64 only where the message calls itself JSON, the text is none, and what is in it is. Any other text that
 * could be base64 stays text, and the body counts as guessed: base64 that is sent as text fails at the first look of a
 * consumer, while text that is decoded becomes bytes which nobody ever sent and which may mean something.
 */
function readBody(message: string, contentType: string | undefined): Restored<Buffer> {
  const text = Buffer.from(message, 'utf8');
  if (!isExactText(message)) return { value: text, exact: false };
  const bytes = message === '' ? null : bytesOfBase64(message);
  if (bytes === null || parseJson(text) !== null || message === 'null') return { value: text, exact: true };
  const saysJson = /^(?:application\/(?:[\w.-]+\+)?json|text\/json)\b/i.test(contentType ?? '');
  const isJson = isUtf8(bytes) && /^\s*[[{"]/.test(bytes.toString('utf8')) && parseJson(bytes) !== null;
  return saysJson && isJson ? { value: bytes, exact: true } : { value: text, exact: false };
}
