import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { isSame } from './same.ts';
import { isFault, readValueText, valueText, type EditableType, type ValueFault, type ValueText } from './value-text.ts';

/** One header in the editor: as text until it is handed over. */
export interface HeaderRow extends ValueText {
  key: string;
  /** As it came into the editor; null where it was added there. */
  source: TypedHeader | null;
  /** As it failed; null where the message had no such header. */
  was: TypedHeader | null;
  name: string;
  /** Null: its name or its value is no text. It is kept as it is, or taken out. */
  type: EditableType | null;
  isRemoved: boolean;
}

export type HeaderFault = ValueFault | { code: 'name' | 'longName' | 'lockedName'; params: ValueFault['params'] };

/**
 * Headers as rows, each beside the one of the original that it is or was made of: an equal one, else the next with its
 * name. Those of the original that are gone are there as removed ones, where they were.
 */
export function rowsOf(headers: readonly TypedHeader[], original: readonly TypedHeader[]): HeaderRow[] {
  const left = [...original];
  const take = (fits: (header: TypedHeader) => boolean): TypedHeader | null => {
    const at = left.findIndex(fits);
    return at < 0 ? null : (left.splice(at, 1)[0] ?? null);
  };
  const equals = headers.map((source) => take((header) => isSame(header, source)));
  const rows = headers.map<HeaderRow>((source, index) => {
    const was = equals[index] ?? take(({ name, rawName }) => name === source.name && rawName === source.rawName);
    return { ...asText(source), key: `h${index}`, source, was, isRemoved: false };
  });
  let behind = 0;
  original.forEach((was, index) => {
    const at = rows.findIndex((row) => row.was === was);
    if (left.includes(was)) {
      rows.splice(behind, 0, { ...asText(was), key: `g${index}`, source: was, was, isRemoved: true });
      behind += 1;
    } else behind = at + 1;
  });
  return rows;
}

function asText(source: TypedHeader): Pick<HeaderRow, 'name' | 'type' | 'text' | 'isQuoted'> {
  const text = source.rawName === undefined ? valueText(source) : undefined;
  if (text === undefined || source.type === 'unparsed') {
    return { name: source.name, type: null, text: '', isQuoted: false };
  }
  return { name: source.name, type: source.type, ...text };
}

/** A header that was not there. */
export function newRow(key: string): HeaderRow {
  return { key, source: null, was: null, name: '', type: 'string', text: '', isQuoted: false, isRemoved: false };
}

/** Whether a row says the same as when it came. Such a header is handed over as it came. */
function isUntouched(row: HeaderRow): boolean {
  if (row.source === null) return false;
  const { name, type, text } = asText(row.source);
  return row.name === name && row.type === type && row.text === text;
}

/** The header that a row says, exact in type and value; or what is wrong with it. */
export function readRow(row: HeaderRow, locked: ReadonlySet<string>): TypedHeader | HeaderFault {
  const { source, type } = row;
  if (source !== null && isUntouched(row)) return source;
  if (row.name === '' && source?.name !== '') return { code: 'name', params: {} };
  if (new TextEncoder().encode(row.name).length > 255) return { code: 'longName', params: {} };
  if (locked.has(row.name)) return { code: 'lockedName', params: {} };
  // Neither its name nor its value can be written here.
  if (type === null) return source ?? { code: 'name', params: {} };
  const value = readValueText(type, row);
  if (isFault(value)) return value;
  // How a client wrote its 64-bit integers is part of the type.
  const tag = type === 'int64' && source?.type === 'int64' && source.tag !== undefined ? { tag: source.tag } : {};
  return { name: row.name, ...value, ...tag };
}

/** What became of the header in the edit; undefined where it is as it failed. */
export function changeOf(row: HeaderRow, read: TypedHeader | HeaderFault): 'added' | 'removed' | 'changed' | undefined {
  if (row.isRemoved) return 'removed';
  if (row.was === null) return 'added';
  return isHeaderFault(read) || !isSame(read, row.was) ? 'changed' : undefined;
}

export function isHeaderFault(read: TypedHeader | HeaderFault): read is HeaderFault {
  return 'code' in read;
}

/** Whether RabbitMQ takes the header; not what nobody could read, nor what it closes the channel over. */
export function isSendable(header: TypedHeader): boolean {
  if (header.type === 'unparsed') return false;
  if (header.type !== 'float' && header.type !== 'double') return true;
  return header.value === '-0' || typeof header.value === 'number';
}
