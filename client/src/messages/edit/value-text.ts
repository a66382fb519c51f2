import type { TypedValue } from '../../../../server/contract/wire.ts';
import { jsonFault, placeOf } from '../body/json-fault.ts';
import { INTEGERS, isBase64, isFitting, wholeNumber } from './number-rules.ts';
import { NotTyped, readEntries, typedText } from './typed-json.ts';

/** The types that a header can be given here. What could not be read at all is only kept, or taken out. */
export const EDITABLE_TYPES = [
  ...(['string', 'int32', 'int64', 'double', 'boolean', 'timestamp', 'table', 'array', 'bytes', 'void'] as const),
  ...(['int8', 'uint8', 'int16', 'uint16', 'uint32', 'float', 'decimal'] as const),
];
export type EditableType = (typeof EDITABLE_TYPES)[number];

/** What is wrong with a text that should be a value of its type, for `edit.fault.<code>`. */
export interface ValueFault {
  code: 'integer' | 'number' | 'decimal' | 'base64' | 'boolean' | 'json' | 'typed' | 'quoted';
  params: Readonly<Record<string, string>>;
}

/** A value that is edited as text, and how. `isQuoted`: as a JSON string, because a field would lose a part of it. */
export interface ValueText {
  text: string;
  isQuoted: boolean;
}

/** The characters that a field of the browser drops or changes. */
// eslint-disable-next-line no-control-regex -- they are what it looks for
const LOST_IN_A_FIELD = /[\u0000-\u0008\u000b-\u001f\u007f]/;

/** A string as the text of a field; with characters that would be lost there, as a JSON string. */
export function stringText(value: string): ValueText {
  return LOST_IN_A_FIELD.test(value)
    ? { text: JSON.stringify(value), isQuoted: true }
    : { text: value, isQuoted: false };
}

/** A value as the text that it is edited as; undefined where it has none, and can only be kept or taken out. */
export function valueText(value: TypedValue): ValueText | undefined {
  const plain = (text: string): ValueText => ({ text, isQuoted: false });
  switch (value.type) {
    case 'unparsed':
      return undefined;
    case 'string':
      return typeof value.value === 'string' ? stringText(value.value) : undefined;
    case 'table':
    case 'array':
      return plain(typedText(value.value));
    case 'decimal':
      return plain(decimalText(value.value));
    case 'void':
      return plain('');
    default:
      return plain(String(value.value));
  }
}

/** The value that a text says, with its type and every digit; or what is wrong with it. */
export function readValueText(type: EditableType, { text, isQuoted }: ValueText): TypedValue | ValueFault {
  switch (type) {
    case 'string':
      return readString(text, isQuoted);
    case 'int64':
    case 'timestamp':
      return wholeNumber(text.trim(), type) === undefined ? integerFault(type) : { type, value: text.trim() };
    case 'float':
    case 'double':
      return readFloat(type, text.trim());
    case 'decimal':
      return readDecimal(text.trim());
    case 'bytes': {
      const value = text.replaceAll(/\s/g, '');
      return isBase64(value) ? { type, value } : { code: 'base64', params: {} };
    }
    case 'boolean':
      return text === 'true' || text === 'false' ? { type, value: text === 'true' } : { code: 'boolean', params: {} };
    case 'void':
      return { type, value: null };
    case 'table':
    case 'array':
      return readNested(type, text);
    default: {
      const value = wholeNumber(text.trim(), type);
      return value === undefined ? integerFault(type) : { type, value: Number(value) };
    }
  }
}

export function isFault(read: TypedValue | ValueFault): read is ValueFault {
  return 'code' in read;
}

function readString(text: string, isQuoted: boolean): TypedValue | ValueFault {
  if (!isQuoted) return { type: 'string', value: text };
  const value: unknown = jsonFault(text) === undefined ? JSON.parse(text) : undefined;
  return typeof value === 'string' ? { type: 'string', value } : { code: 'quoted', params: {} };
}

function integerFault(type: keyof typeof INTEGERS): ValueFault {
  const [from, to] = INTEGERS[type];
  return { code: 'integer', params: { from: String(from), to: String(to) } };
}

function readFloat(type: 'float' | 'double', text: string): TypedValue | ValueFault {
  const number = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : NaN;
  const value = type === 'float' ? Math.fround(number) : number;
  if (!Number.isFinite(value)) return { code: 'number', params: {} };
  return { type, value: Object.is(value, -0) ? '-0' : value };
}

function readDecimal(text: string): TypedValue | ValueFault {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const value = { places: fraction.length, digits: Number(`${sign}${whole}${fraction}`) };
  // -0 is nothing that the wire has.
  if (value.digits === 0) value.digits = 0;
  return whole !== '' && isFitting('decimal', value) ? { type: 'decimal', value } : { code: 'decimal', params: {} };
}

function readNested(type: 'table' | 'array', text: string): TypedValue | ValueFault {
  const offset = jsonFault(text);
  if (offset !== undefined) {
    const { line, column } = placeOf(text, offset);
    return { code: 'json', params: { line: String(line), column: String(column) } };
  }
  try {
    // Whether the entries have names is what tells a table from an array, and it is what was checked.
    return { type, value: readEntries(JSON.parse(text), type === 'table') } as TypedValue;
  } catch (error) {
    if (error instanceof NotTyped) return { code: 'typed', params: { at: error.at === '' ? '[…]' : error.at } };
    throw error;
  }
}

/** What the text of a floating-point number is sent as, where that is another number than the one that is written. */
export function roundedTo(type: EditableType, text: string): string | undefined {
  if (type !== 'float' && type !== 'double') return undefined;
  const read = readValueText(type, { text, isQuoted: false });
  if (isFault(read) || (read.type !== 'float' && read.type !== 'double')) return undefined;
  const sent = String(read.value);
  return sent === '-0' || sameNumber(text.trim(), sent) ? undefined : sent;
}

/** Whether two decimal texts are the same number, digit by digit: compared as numbers they would be rounded alike. */
function sameNumber(one: string, other: string): boolean {
  return normalised(one) === normalised(other);
}

function normalised(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const trimmed = digits.replace(/0+$/, '');
  if (trimmed === '') return '0';
  return `${sign}${trimmed}e${Number(exponent) - fraction.length + digits.length - trimmed.length}`;
}

function decimalText({ places, digits }: { places: number; digits: number }): string {
  if (places === 0) return String(digits);
  const whole = String(Math.abs(digits)).padStart(places + 1, '0');
  return `${digits < 0 ? '-' : ''}${whole.slice(0, -places)}.${whole.slice(-places)}`;
}
