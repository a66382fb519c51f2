import { JSONPathEnvironment } from 'json-p3';
import type { JSONPathQuery } from 'json-p3';
import type { MessageProperties } from '../contract/wire.ts';
import { MAX_DEPTH } from './json-body.ts';

export type KeyProperty = Exclude<keyof MessageProperties, 'raw'>;

/** One place that a key's values are read from. */
export type BusinessKeySource =
  { from: 'header'; name: string } | { from: 'property'; name: KeyProperty } | { from: 'body'; path: JSONPathQuery };

export interface BusinessKeyRule {
  name: string;
  sources: BusinessKeySource[];
}

/** All problems at once, as sentences for the person who wrote the rules. */
export type BusinessKeyRules = { ok: true; rules: BusinessKeyRule[] } | { ok: false; problems: string[] };

export const DEFAULT_BUSINESS_KEYS =
  'orderId=header:order-id,header:orderId,header:x-order-id,body:$.orderId,body:$.orderIds[*],body:$.order.id';

const PROPERTIES: readonly KeyProperty[] = [
  'contentType',
  'contentEncoding',
  'deliveryMode',
  'priority',
  'correlationId',
  'replyTo',
  'expiration',
  'messageId',
  'timestamp',
  'type',
  'userId',
  'appId',
  'clusterId',
];

/** Names go into URLs and filters (`key=name:value`). */
const KEY_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

const jsonPaths = new JSONPathEnvironment({ maxRecursionDepth: MAX_DEPTH + 2 });

/**
 * Reads `BUSINESS_KEYS`: `name=source[,source…];name2=…`, where a source is `header:NAME`, `property:NAME` (as in
 * `messageId` or `message_id`) or `body:JSONPATH`. Commas and semicolons within the brackets of a JSONPath belong to
 * it. Paths are compiled here, once.
 */
export function parseBusinessKeyRules(text: string): BusinessKeyRules {
  const rules: BusinessKeyRule[] = [];
  const problems: string[] = [];
  const parts = splitOutsideBrackets(text, ';')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  if (parts.length === 0) problems.push('There is no rule: expected name=source[,source…];name2=….');
  for (const part of parts) {
    const equals = part.indexOf('=');
    const name = part.slice(0, Math.max(equals, 0)).trim();
    if (equals === -1 || !KEY_NAME.test(name)) {
      problems.push(
        equals === -1
          ? `"${part}" has no "=": expected name=source[,source…].`
          : `"${name}" is no name for a key: expected letters, digits, "_", "-" and ".", a letter first, at most 64.`,
      );
      continue;
    }
    if (rules.some((rule) => rule.name === name))
      problems.push(`The key "${name}" has more than one rule: join them with ",".`);
    rules.push({ name, sources: parseSources(name, part.slice(equals + 1), problems) });
  }
  return problems.length === 0 ? { ok: true, rules } : { ok: false, problems };
}

function parseSources(key: string, text: string, problems: string[]): BusinessKeySource[] {
  const sources: BusinessKeySource[] = [];
  for (const part of splitOutsideBrackets(text, ',').map((source) => source.trim())) {
    const source = parseSource(part);
    if (typeof source === 'string') problems.push(`Key "${key}": ${source}`);
    else sources.push(source);
  }
  return sources;
}

/** The source, or what is wrong with it. */
function parseSource(text: string): BusinessKeySource | string {
  const colon = text.indexOf(':');
  const kind = text.slice(0, Math.max(colon, 0));
  const name = text.slice(colon + 1).trim();
  if (text === '') return 'a source is missing: expected header:NAME, body:JSONPATH or property:NAME.';
  if (kind !== 'header' && kind !== 'property' && kind !== 'body') {
    return `"${text}" is no source: expected header:NAME, body:JSONPATH or property:NAME.`;
  }
  if (name === '') return `"${text}" names no ${kind === 'body' ? 'path' : kind}.`;
  if (kind === 'body') return parsePath(name);
  if (kind === 'header') {
    return Buffer.byteLength(name) <= 255
      ? { from: 'header', name }
      : `the header name "${name}" is longer than 255 bytes.`;
  }
  const property = PROPERTIES.find((known) => known.toLowerCase() === name.replace(/[-_]/g, '').toLowerCase());
  return property === undefined
    ? `"${name}" is no message property: expected one of ${PROPERTIES.join(', ')}.`
    : { from: 'property', name: property };
}

function parsePath(path: string): BusinessKeySource | string {
  const tooCostly = whyTooCostly(path);
  if (tooCostly !== null) return `the JSONPath "${path}" ${tooCostly}.`;
  try {
    return { from: 'body', path: jsonPaths.compile(path) };
  } catch (error) {
    return `"${path}" is not a JSONPath (RFC 9535): ${error instanceof Error ? error.message : String(error)}.`;
  }
}

/** Bodies are a stranger's: a path must not take more than one walk over them, however they are built. */
export function whyTooCostly(path: string): string | null {
  const bare = path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
  const filter = bare.includes('?') ? bare.slice(bare.indexOf('?')) : '';
  if (bare.split('..').length > 2) return 'has ".." more than once, which can take minutes on a large body';
  if (filter.includes('..')) return 'has ".." in or after a filter, which can take minutes on a large body';
  if (filter.includes('$')) return 'has "$" in a filter, which can take minutes on a large body';
  if (/\b(?:match|search)\s*\(/.test(filter))
    return 'uses match() or search(), which can take minutes on a hostile body';
  return null;
}

/** Splits at the separators that are not between brackets. A bracket that is never closed is a plain character. */
function splitOutsideBrackets(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (char === '[') at = closingBracket(text, at) ?? at;
    if (char !== separator) continue;
    parts.push(text.slice(start, at));
    start = at + 1;
  }
  parts.push(text.slice(start));
  return parts;
}

/** Where the bracket opened at `start` is closed; brackets within quotes do not count. */
function closingBracket(text: string, start: number): number | null {
  let depth = 0;
  let quote: string | null = null;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charAt(at);
    if (quote !== null) {
      if (char === '\\') at += 1;
      else if (char === quote) quote = null;
    } else if (char === "'" || char === '"') quote = char;
    else if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    if (depth === 0) return at;
  }
  return null;
}
