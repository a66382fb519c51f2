import type { EditableContents, Editing, NewDraft } from '../../../../server/contract/schemas/drafts.ts';
import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { isHeaderFault, newRow, readRow, rowsOf, type HeaderRow } from './header-rows.ts';
import {
  asProperties,
  newProperty,
  propertyFault,
  propertyRows,
  type PropertyName,
  type PropertyRow,
} from './property-rows.ts';
import { isSame } from './same.ts';

/** An edit as it stands in the form. */
export interface DraftForm {
  /** Null: the body is not edited as text, and stays as it is. */
  body: string | null;
  headers: HeaderRow[];
  properties: PropertyRow[];
  /** Numbers the headers that were added. */
  added: number;
}

/** A row of the form by what it is found by: a header by its key, a property by its name. */
export type FormAct =
  | { do: 'load'; form: DraftForm }
  | { do: 'body'; text: string }
  | { do: 'header'; key: string; change: Partial<Pick<HeaderRow, 'name' | 'type' | 'text'>> }
  | { do: 'addHeader' }
  | { do: 'removeHeader' | 'putBackHeader'; key: string }
  | { do: 'property'; name: PropertyName; text: string }
  | { do: 'addProperty' | 'removeProperty' | 'putBackProperty'; name: PropertyName };

export function formOf(
  contents: EditableContents,
  { original, locked }: Pick<Editing, 'original' | 'locked'>,
): DraftForm {
  // A draft says of a body that cannot be edited nothing but that it stays.
  const body = original.body?.encoding === 'utf8' ? (contents.body ?? original.body) : null;
  return {
    body: body?.encoding === 'utf8' ? body.text : null,
    headers: rowsOf(contents.headersTyped, original.headersTyped),
    properties: propertyRows(contents.properties, original.properties, locked.properties),
    added: 0,
  };
}

export function changeForm(form: DraftForm, act: FormAct): DraftForm {
  switch (act.do) {
    case 'load':
      return act.form;
    case 'body':
      return { ...form, body: act.text };
    case 'header':
      return { ...form, headers: form.headers.map((row) => (row.key === act.key ? { ...row, ...act.change } : row)) };
    case 'addHeader':
      return { ...form, headers: [...form.headers, newRow(`new${form.added}`)], added: form.added + 1 };
    case 'removeHeader':
    case 'putBackHeader':
      return { ...form, headers: removed(form.headers, ({ key }) => key === act.key, act.do === 'removeHeader') };
    case 'property':
      return {
        ...form,
        properties: form.properties.map((row) => (row.name === act.name ? { ...row, text: act.text } : row)),
      };
    case 'addProperty':
      return { ...form, properties: [...form.properties, newProperty(act.name)] };
    case 'removeProperty':
    case 'putBackProperty':
      return {
        ...form,
        properties: removed(form.properties, ({ name }) => name === act.name, act.do === 'removeProperty'),
      };
  }
}

/** What was added here is gone when it is removed; what was there stays to be seen, and can be put back. */
function removed<T extends { was: unknown; isRemoved: boolean }>(
  rows: readonly T[],
  isIt: (row: T) => boolean,
  isRemoved: boolean,
): T[] {
  return rows
    .filter((row) => !isIt(row) || row.was !== null || !isRemoved)
    .map((row) => (isIt(row) ? { ...row, isRemoved } : row));
}

/** Names of headers that nobody may write here. */
export function lockedNames({ locked }: Pick<Editing, 'locked'>): ReadonlySet<string> {
  return new Set(locked.headers.map(({ header }) => header.name));
}

/** How many headers and properties cannot be handed over as they stand. */
export function faultCount(form: DraftForm, locked: ReadonlySet<string>): number {
  return (
    form.headers.filter((row) => !row.isRemoved && isHeaderFault(readRow(row, locked))).length +
    form.properties.filter((row) => !row.isRemoved && propertyFault(row) !== undefined).length
  );
}

/** Whether the form says anything else than when it was loaded. */
export function isTouched(form: DraftForm, loaded: DraftForm): boolean {
  if (form === loaded) return false;
  const said = ({ headers, properties }: DraftForm) => [
    headers.map(({ name, type, text, isRemoved }) => [name, type, text, isRemoved]),
    properties.map(({ name, text, isRemoved }) => [name, text, isRemoved]),
  ];
  return form.body !== loaded.body || !isSame(said(form), said(loaded));
}

/** The contents that the form says; undefined as long as a part of it is wrong. */
export function contentsOf(form: DraftForm, { original, locked }: Editing): EditableContents | undefined {
  const names = lockedNames({ locked });
  if (faultCount(form, names) > 0) return undefined;
  const headersTyped = form.headers
    .filter(({ isRemoved }) => !isRemoved)
    .map((row) => readRow(row, names))
    .filter((read): read is TypedHeader => !isHeaderFault(read));
  return {
    body:
      form.body === null || original.body?.encoding !== 'utf8' ? original.body : { encoding: 'utf8', text: form.body },
    headersTyped,
    properties: asProperties(form.properties, original.properties, locked.properties),
  };
}

/** The edit as the office takes it. What is as it failed is left out; undefined where that is all of it. */
export function newDraftOf(contents: EditableContents, { original, deathId, draft }: Editing): NewDraft | undefined {
  const change: Pick<NewDraft, 'body' | 'headersTyped' | 'properties'> = {};
  if (contents.body !== null && !isSame(contents.body, original.body)) change.body = contents.body;
  if (!isSame(contents.headersTyped, original.headersTyped)) change.headersTyped = contents.headersTyped;
  if (!isSame(contents.properties, original.properties)) change.properties = contents.properties;
  if (Object.keys(change).length === 0) return undefined;
  return { ...change, deathId, version: draft?.version ?? 0 };
}
