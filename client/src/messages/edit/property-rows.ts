import type { MessageProperties } from '../../../../server/contract/wire.ts';
import { jsonFault } from '../body/json-fault.ts';
import { isInteger, wholeNumber } from './number-rules.ts';
import { isSame } from './same.ts';
import { stringText, type ValueFault, type ValueText } from './value-text.ts';

export type PropertyName = Exclude<keyof MessageProperties, 'raw'>;

/** What a property holds. */
const KINDS = {
  contentType: 'text',
  contentEncoding: 'text',
  deliveryMode: 'uint8',
  priority: 'uint8',
  correlationId: 'text',
  replyTo: 'text',
  expiration: 'text',
  messageId: 'text',
  timestamp: 'timestamp',
  type: 'text',
  userId: 'text',
  appId: 'text',
  clusterId: 'text',
} as const satisfies Record<PropertyName, 'text' | 'uint8' | 'timestamp'>;
export const PROPERTY_NAMES = Object.keys(KINDS) as PropertyName[];

/** A property as it is; `raw` are the bytes (base64) of a text that is not UTF-8. */
export interface PropertyValue {
  value: string | number;
  raw?: string;
}

export function propertyValue(properties: MessageProperties, name: PropertyName): PropertyValue | undefined {
  const value = properties[name];
  if (value === undefined) return undefined;
  const raw = (properties.raw as Partial<Record<PropertyName, string>> | undefined)?.[name];
  return raw === undefined ? { value } : { value, raw };
}

/** One property in the editor. */
export interface PropertyRow extends ValueText {
  name: PropertyName;
  /** As it came into the editor; null where it was added there. */
  source: PropertyValue | null;
  /** As it failed; null where the message had no such property. */
  was: PropertyValue | null;
  isRemoved: boolean;
}

export type PropertyFault = ValueFault | { code: 'longText' | 'expiration'; params: ValueFault['params'] };

/** Properties as rows in the order of the protocol, the removed ones too; without those that stay as they are. */
export function propertyRows(
  properties: MessageProperties,
  original: MessageProperties,
  locked: readonly string[],
): PropertyRow[] {
  return PROPERTY_NAMES.flatMap((name) => {
    const is = propertyValue(properties, name);
    const was = propertyValue(original, name);
    const source = is ?? was;
    if (source === undefined || locked.includes(name)) return [];
    return [{ name, source, was: was ?? null, ...stringText(String(source.value)), isRemoved: is === undefined }];
  });
}

/** A property that was not there. */
export function newProperty(name: PropertyName): PropertyRow {
  const text = name === 'deliveryMode' ? '2' : '';
  return { name, source: null, was: null, text, isQuoted: false, isRemoved: false };
}

/** A property whose bytes are no text is kept as it is, or taken out. */
export function isRaw({ source }: PropertyRow): boolean {
  return source?.raw !== undefined;
}

function isUntouched({ source, text }: PropertyRow): boolean {
  return source !== null && text === stringText(String(source.value)).text;
}

/** What is wrong with a property; undefined where it can be sent. */
export function propertyFault(row: PropertyRow): PropertyFault | undefined {
  const { name, text, isQuoted } = row;
  const kind: string = KINDS[name];
  if (isUntouched(row)) return undefined;
  if (isInteger(kind)) {
    if (wholeNumber(text.trim(), kind) !== undefined) return undefined;
    return { code: 'integer', params: { from: '0', to: kind === 'uint8' ? '255' : '18446744073709551615' } };
  }
  if (isQuoted && (jsonFault(text) !== undefined || !text.trim().startsWith('"')))
    return { code: 'quoted', params: {} };
  if (name === 'expiration' && !/^\d{1,10}$/.test(text)) return { code: 'expiration', params: {} };
  return new TextEncoder().encode(textOf(row)).length > 255 ? { code: 'longText', params: {} } : undefined;
}

function textOf({ text, isQuoted }: PropertyRow): string {
  return isQuoted ? String(JSON.parse(text)) : text;
}

/** What became of the property in the edit; undefined where it is as it failed. */
export function propertyChange(row: PropertyRow): 'added' | 'removed' | 'changed' | undefined {
  if (row.isRemoved) return 'removed';
  if (row.was === null) return 'added';
  return propertyFault(row) !== undefined || !isSame(readProperty(row), row.was) ? 'changed' : undefined;
}

function readProperty(row: PropertyRow): PropertyValue {
  if (row.source !== null && isUntouched(row)) return row.source;
  return { value: KINDS[row.name] === 'uint8' ? Number(row.text.trim()) : textOf(row) };
}

/** All properties as they are handed over: those that stay as they are from `original`, the others from the rows. */
export function asProperties(
  rows: readonly PropertyRow[],
  original: MessageProperties,
  locked: readonly string[],
): MessageProperties {
  const properties: Partial<Record<PropertyName, string | number>> = {};
  const raw: Partial<Record<PropertyName, string>> = {};
  for (const name of PROPERTY_NAMES) {
    const row = rows.find((one) => one.name === name && !one.isRemoved);
    const value = locked.includes(name) ? propertyValue(original, name) : row && readProperty(row);
    if (value === undefined) continue;
    properties[name] = value.value;
    if (value.raw !== undefined) raw[name] = value.raw;
  }
  // Each value is of the kind that its name says.
  return { ...properties, ...(Object.keys(raw).length > 0 ? { raw } : {}) } as MessageProperties;
}
