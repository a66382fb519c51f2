import { FIELD_TYPES, type TypedValue } from '../../../../server/contract/wire.ts';
import { isBase64, isFitting } from './number-rules.ts';

/** The first place that is not a typed value: `[0].value`; empty for the whole. */
export class NotTyped extends Error {
  readonly at: string;

  constructor(at: string) {
    super(`Not a typed value: ${at}`);
    this.at = at;
  }
}

/** A nested value as the text that it is edited as: one entry a line, each with its type. */
export function typedText(value: readonly TypedValue[]): string {
  if (value.length === 0) return '[]';
  return `[\n${value.map((entry) => `  ${JSON.stringify(entry)}`).join(',\n')}\n]`;
}

/**
 * The entries of a table (`{name, type, value}`) or an array (`{type, value}`) as they were parsed from JSON. 64-bit
 * integers and timestamps are texts there, so that no digit is lost. Throws `NotTyped`.
 */
export function readEntries(json: unknown, inTable: boolean, at = ''): TypedValue[] {
  if (!Array.isArray(json)) throw new NotTyped(at);
  return json.map((entry: unknown, index) => readEntry(entry, inTable, `${at}[${index}]`));
}

function readEntry(json: unknown, inTable: boolean, at: string): TypedValue {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new NotTyped(at);
  const { name, rawName, type: typeName, value, tag, byte, ...others } = json as Record<string, unknown>;
  const type = FIELD_TYPES.find((known) => known === typeName);
  const isNamed = inTable
    ? typeof name === 'string' && (rawName === undefined || isBase64(rawName))
    : name === undefined && rawName === undefined;
  if (type === undefined || type === 'unparsed' || !isNamed || Object.keys(others).length > 0) throw new NotTyped(at);
  if (tag !== undefined && !(type === 'int64' && tag === 'L')) throw new NotTyped(`${at}.tag`);
  if (byte !== undefined && !(type === 'boolean' && isFitting('uint8', byte))) throw new NotTyped(`${at}.byte`);
  return {
    ...(inTable ? { name, ...(rawName === undefined ? {} : { rawName }) } : {}),
    type,
    value: readValue(type, value, `${at}.value`),
    ...(tag === undefined ? {} : { tag }),
    ...(byte === undefined ? {} : { byte }),
  } as TypedValue;
}

function readValue(type: Exclude<TypedValue['type'], 'unparsed'>, value: unknown, at: string): unknown {
  if (type === 'table' || type === 'array') return readEntries(value, type === 'table', at);
  // JSON has it, and would lose its sign on the way.
  if ((type === 'float' || type === 'double') && Object.is(value, -0)) return '-0';
  if (!isFitting(type, value)) throw new NotTyped(at);
  return value;
}
