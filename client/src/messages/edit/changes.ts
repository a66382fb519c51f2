import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import type { MessageProperties } from '../../../../server/contract/wire.ts';
import { PROPERTY_NAMES, propertyValue, type PropertyValue } from './property-rows.ts';
import { isSame } from './same.ts';

/** A header or a property that is not as it was. Without `before` it was added, without `after` removed. */
export interface Change<T> {
  name: string;
  before?: T;
  after?: T;
}

/**
 * What became of headers, by name. Of several with one name, those that are equal stay, the others are paired in their
 * order. Answers the changes in the order of the headers before, then what was added.
 */
export function headerChanges(before: readonly TypedHeader[], after: readonly TypedHeader[]): Change<TypedHeader>[] {
  const left = [...after];
  const take = (fits: (header: TypedHeader) => boolean): TypedHeader | undefined => {
    const at = left.findIndex(fits);
    return at < 0 ? undefined : left.splice(at, 1)[0];
  };
  const others = before.filter((header) => !take((other) => isSame(header, other)));
  const changes: Change<TypedHeader>[] = others.map((header) => {
    const now = take(({ name, rawName }) => name === header.name && rawName === header.rawName);
    return { name: header.name, before: header, ...(now === undefined ? {} : { after: now }) };
  });
  return [...changes, ...left.map((header) => ({ name: header.name, after: header }))];
}

/** The same headers, in another order. */
export function isReordered(before: readonly TypedHeader[], after: readonly TypedHeader[]): boolean {
  return headerChanges(before, after).length === 0 && !isSame(before, after);
}

/** What became of properties, in the order of the protocol. */
export function propertyChanges(before: MessageProperties, after: MessageProperties): Change<PropertyValue>[] {
  return PROPERTY_NAMES.flatMap((name) => {
    const was = propertyValue(before, name);
    const is = propertyValue(after, name);
    if (isSame(was, is)) return [];
    return [{ name, ...(was === undefined ? {} : { before: was }), ...(is === undefined ? {} : { after: is }) }];
  });
}
