import type { JSONPathQuery, JSONValue } from 'json-p3';
import type { HeaderTable, MessageProperties, TypedValue } from '../contract/wire.ts';
import { isWellFormed } from '../diagnosis/bounded-text.ts';
import { findHeader, scalarText } from '../diagnosis/header-reading.ts';
import type { BusinessKeyRule, BusinessKeySource, KeyProperty } from './business-key-rules.ts';
import { parseJsonBody } from './json-body.ts';
import type { Json } from './json-body.ts';

export { DEFAULT_BUSINESS_KEYS, parseBusinessKeyRules } from './business-key-rules.ts';
export type { BusinessKeyRule } from './business-key-rules.ts';

/** Of one message; what is beyond is left out. */
const MAX_VALUES_PER_KEY = 100;
/** Longer values are left out, not cut: a cut ID is another ID. */
const MAX_VALUE_BYTES = 191;
/** Of one source: so many values are looked at, equal or useless ones included. */
const MAX_CANDIDATES = 10_000;

export interface KeyedMessage {
  properties: MessageProperties;
  headers: HeaderTable;
  body: Buffer;
}

/**
 * The values of each key in a message: from all sources of its rule, in the order of the sources, each value once,
 * without white space around it. Scalars and arrays of scalars; integers are exact at any size. Keys without a value
 * are absent. The body is read only when a rule asks for it and within the bounds of `json-body.ts`. Never throws.
 */
export function extractBusinessKeys(rules: readonly BusinessKeyRule[], message: KeyedMessage): Map<string, string[]> {
  const keys = new Map<string, string[]>();
  const body = rules.some(({ sources }) => sources.some(({ from }) => from === 'body'))
    ? parseJsonBody(message.body)
    : undefined;
  for (const rule of rules) {
    const values = new Set<string>();
    for (const source of rule.sources) collect(values, candidates(source, message, body));
    if (values.size > 0) keys.set(rule.name, [...values]);
  }
  return keys;
}

/**
 * The value without its leading letters and separators, by which it is found when typed without its prefix:
 * `ORD-20261122-000123` → `20261122-000123`. A value of nothing else stays as it is.
 */
export function businessKeyTail(value: string): string {
  const tail = value.replace(/^[\p{L}\p{M}\s\-_.:/#]+/u, '');
  return tail === '' ? value : tail;
}

function collect(values: Set<string>, found: Iterable<string | null>): void {
  let looked = 0;
  for (const candidate of found) {
    looked += 1;
    if (looked > MAX_CANDIDATES || values.size >= MAX_VALUES_PER_KEY) return;
    const value = candidate?.trim() ?? '';
    if (value !== '' && Buffer.byteLength(value) <= MAX_VALUE_BYTES && isWellFormed(value)) values.add(value);
  }
}

function candidates(source: BusinessKeySource, message: KeyedMessage, body: Json | undefined): Iterable<string | null> {
  switch (source.from) {
    case 'header':
      return headerValues(findHeader(message.headers, source.name));
    case 'property':
      return [propertyValue(message.properties, source.name)];
    case 'body':
      return body === undefined ? [] : bodyValues(source.path, body);
  }
}

function headerValues(header: TypedValue | null): Iterable<string | null> {
  if (header === null) return [];
  return header.type === 'array' ? header.value.slice(0, MAX_CANDIDATES).map(scalarText) : [scalarText(header)];
}

/** Bytes that are not UTF-8 have no exact text. */
function propertyValue(properties: MessageProperties, name: KeyProperty): string | null {
  const exact = !Object.hasOwn(properties.raw ?? {}, name);
  const value = properties[name];
  return exact && value !== undefined ? String(value) : null;
}

function* bodyValues(path: JSONPathQuery, body: Json): Generator<string | null> {
  try {
    for (const { value } of path.lazyQuery(body as JSONValue)) {
      if (Array.isArray(value)) yield* value.slice(0, MAX_CANDIDATES).map(jsonScalarText);
      else yield jsonScalarText(value);
    }
  } catch {
    // A path that does not apply to such a body finds nothing in it.
  }
}

function jsonScalarText(value: unknown): string | null {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : null;
  return typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : null;
}
