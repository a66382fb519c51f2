import { isDeepStrictEqual } from 'node:util';

import type { HeaderTable, MessageContents, MessageProperties } from '../../amqp/message.ts';
import type { EditSummary } from '../../contract/schemas/edits.ts';

/** The business keys of a message, each with its values. */
export type ReadKeys = (contents: MessageContents) => ReadonlyMap<string, readonly string[]>;

/** What is different in the edited message. Names alone, and business keys, whose values are on record anyway. Pure. */
export function summariseEdit(original: MessageContents, edited: MessageContents, readKeys: ReadKeys): EditSummary {
  const headers = headerChanges(original.headers ?? [], edited.headers ?? []);
  const isSame = [headers.added, headers.removed, headers.changed].every((names) => names.length === 0);
  return {
    body: !original.body.equals(edited.body),
    headers,
    headersReordered: isSame && !isDeepStrictEqual(original.headers ?? [], edited.headers ?? []),
    properties: propertyChanges(original.properties, edited.properties),
    keys: keyChanges(readKeys(original), readKeys(edited)),
  };
}

/** Whether the edit is none. */
export function changesNothing({ body, headers, headersReordered, properties }: EditSummary): boolean {
  const names = [headers.added, headers.removed, headers.changed, properties];
  return !body && !headersReordered && names.every((list) => list.length === 0);
}

/**
 * The parts that were restored by a guess, without those that somebody has written anew since: what a person wrote is
 * no guess.
 */
export function stillInexact(parts: readonly string[], { body, headers, properties }: EditSummary): string[] {
  const written = new Set([
    ...(body ? ['body'] : []),
    ...[...headers.removed, ...headers.changed].map((name) => `header ${name}`),
    ...properties.map((name) => `property ${name}`),
  ]);
  return parts.filter((part) => !written.has(part));
}

/** By name: a name that occurs twice is changed when any of its values is. */
function headerChanges(before: HeaderTable, after: HeaderTable): EditSummary['headers'] {
  const was = byName(before);
  const is = byName(after);
  const names = (list: Iterable<string>) => [...list];
  return {
    added: names(is.keys()).filter((name) => !was.has(name)),
    removed: names(was.keys()).filter((name) => !is.has(name)),
    changed: names(is.keys()).filter((name) => was.has(name) && !isDeepStrictEqual(was.get(name), is.get(name))),
  };
}

function byName(headers: HeaderTable): Map<string, HeaderTable> {
  const named = new Map<string, HeaderTable>();
  for (const header of headers) named.set(header.name, [...(named.get(header.name) ?? []), header]);
  return named;
}

function propertyChanges(before: MessageProperties, after: MessageProperties): string[] {
  const { raw: rawBefore = {}, ...was } = before;
  const { raw: rawAfter = {}, ...is } = after;
  const names = new Set([...Object.keys(was), ...Object.keys(is), ...Object.keys(rawBefore), ...Object.keys(rawAfter)]);
  return [...names].filter(
    (name) =>
      Reflect.get(was, name) !== Reflect.get(is, name) || Reflect.get(rawBefore, name) !== Reflect.get(rawAfter, name),
  );
}

function keyChanges(
  before: ReadonlyMap<string, readonly string[]>,
  after: ReadonlyMap<string, readonly string[]>,
): EditSummary['keys'] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: [...(before.get(name) ?? [])], after: [...(after.get(name) ?? [])] }))
    .filter((key) => !isDeepStrictEqual(key.before, key.after));
}
