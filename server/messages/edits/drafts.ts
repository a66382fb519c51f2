import { isUtf8 } from 'node:buffer';

import { z } from 'zod';

import type { BrokerTerms } from '../../amqp/broker-terms.ts';
import type { HeaderTable, MessageContents, MessageProperties } from '../../amqp/message.ts';
import { describeParts, unsendableParts } from '../../amqp/unsendable-parts.ts';
import { headerTable, messageProperties } from '../../amqp/wire-schema.ts';
import { withinScope } from '../../access/within-scope.ts';
import { recordAuditEvent } from '../../audit/audit-store.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../../contract/messages.ts';
import type {
  DraftBody,
  EditableContents,
  Editing,
  EditWithContents,
  EditWithOriginal,
  NewDraft,
} from '../../contract/schemas/drafts.ts';
import { idColumn, nameListColumn } from '../../database/columns.ts';
import type { Database, Transaction } from '../../database/connect.ts';
import { takeIds } from '../../database/ids.ts';
import { inTransaction } from '../../database/transaction.ts';
import { AppError } from '../../web/app-error.ts';
import type { Principal, Scope } from '../../web/route.ts';
import { encodeBody } from '../body-chunks.ts';
import { insertContents, readContents, readContentsHead, removeContents } from '../contents-store.ts';
import { messageToResend } from '../message-to-resend.ts';
import { USUAL_CHOICES } from '../resendable.ts';
import { changesNothing, stillInexact, summariseEdit, type ReadKeys } from './edit-summary.ts';
import { readEdits, removeDraft, writeDraft, type StoredEdit } from './edit-store.ts';
import {
  applyChanges,
  LOCKED_PROPERTIES,
  SENSITIVE_PROPERTIES,
  sensitiveHeaders,
  splitHeaders,
  type Changes,
} from './editable-parts.ts';

/** Larger bodies are not edited: whoever changes one of 5 MB by hand in a browser is about to break something else. */
export const MOST_BODY_BYTES = 1024 * 1024;

/** The states in which a message can be sent, and so be made ready for it. */
const EDITED: readonly MessageStatus[] = ['pending', 'unknown', 'resent', 'settled'];

export interface DraftServices {
  database: Database;
  terms: () => BrokerTerms;
  readKeys: ReadKeys;
  /** Names of the headers that business keys are read from. */
  keyHeaders: readonly string[];
}

/** Who edits, and by which call. */
interface By {
  actor: Principal;
  requestId: string;
}

/**
 * A message as an editor needs it, with its draft.
 *
 * @throws AppError `message.notFound`, also for one outside the scope, `message.contentsPurged`.
 */
export async function readEditing(
  { database, keyHeaders }: DraftServices,
  messageId: string,
  scope: Scope,
): Promise<Editing> {
  const { deathId, contentId, stripHeaders } = await readLatest(database, messageId, scope);
  const contents = await readEditable(database, contentId, stripHeaders);
  const edits = await readEdits(database, messageId, scope);
  const draft = edits.find(({ operationId }) => operationId === null) ?? null;
  return {
    deathId,
    original: contents.editable,
    locked: { headers: contents.locked, properties: [...LOCKED_PROPERTIES] },
    sensitive: {
      headers: sensitiveHeaders(contents.editable.headersTyped, keyHeaders),
      properties: [...SENSITIVE_PROPERTIES],
    },
    draft: draft === null ? null : await withContents(database, draft, stripHeaders),
    mostBodyBytes: MOST_BODY_BYTES,
  };
}

/**
 * One edit of a message with its contents, beside those that were edited, whether it was sent or not.
 *
 * @throws AppError `edit.notFound`, `message.contentsPurged`.
 */
export async function readEdit(
  database: Database,
  messageId: string,
  editId: string,
  scope: Scope,
): Promise<EditWithOriginal> {
  const edit = (await readEdits(database, messageId, scope)).find(({ id }) => id === editId);
  if (edit === undefined) throw new AppError('edit.notFound');
  const { stripHeaders } = await readLatest(database, messageId, scope);
  return {
    ...(await withContents(database, edit, stripHeaders)),
    original: await readOriginal(database, edit.deathId, stripHeaders),
  };
}

/** What a death arrived with; null where it was removed after its term. */
async function readOriginal(
  database: Database,
  deathId: string,
  stripHeaders: readonly string[],
): Promise<EditableContents | null> {
  const row: unknown = await database('deaths').where('id', deathId).first('content_id');
  if (row === undefined) return null;
  try {
    return (await readEditable(database, contentRow.parse(row).content_id, stripHeaders)).editable;
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') return null;
    throw error;
  }
}

const contentRow = z.object({ content_id: idColumn });

/**
 * Keeps a draft of a message in place of the one there is. The message itself, and its contents, stay as they are.
 *
 * @throws AppError those of `readEditing`, `request.malformed`, `draft.wrongStatus`, `draft.outdated`, `draft.changed`,
 *   `draft.nothingChanged`, `draft.locked`, `draft.bodyTooLarge`, `draft.notSendable`.
 */
export async function saveDraft(
  services: DraftServices,
  messageId: string,
  draft: NewDraft,
  { actor, requestId }: By,
): Promise<void> {
  const { database, readKeys } = services;
  const changes = readChanges(draft);
  const { deathId, contentId, status, stripHeaders } = await readLatest(database, messageId, actor.scope);
  if (!EDITED.includes(status)) throw new AppError('draft.wrongStatus', { params: { status } });
  if (draft.deathId !== undefined && draft.deathId !== deathId) throw new AppError('draft.outdated');
  const [{ contents: original }, head] = await Promise.all([
    readContents(database, contentId),
    readContentsHead(database, contentId),
  ]);
  const strip = [...head.stripHeaders, ...stripHeaders];
  const edited = applyChanges(original, changes, strip);
  const changed = summariseEdit(original, edited, readKeys);
  if (changesNothing(changed)) throw new AppError('draft.nothingChanged');
  checkSendable(original, edited, strip, services.terms());
  const body = await encodeBody(edited.body);
  const id = await takeIds(database, 'arrivals', 1);
  await inTransaction(database, async (transaction) => {
    const before = await writeDraft(
      transaction,
      { messageId, deathId, contentId: String(id), author: actor, changed },
      await shownVersion(transaction, messageId, draft, actor.scope),
    );
    await insertContents(transaction, [
      {
        id,
        exchange: head.exchange,
        routingKey: head.routingKey,
        properties: JSON.stringify(edited.properties),
        headers: edited.headers === undefined ? null : JSON.stringify(edited.headers),
        contentType: edited.properties.contentType ?? null,
        stripHeaders: head.stripHeaders,
        envelopeId: null,
        inexactParts: stillInexact(head.inexactParts, changed),
        body,
      },
    ]);
    if (before !== null) await removeContents(transaction, [before]);
    const { body: isBody, headers, headersReordered, properties } = changed;
    await recordAuditEvent(transaction, {
      actor,
      kind: 'message.draftSaved',
      messageId,
      details: { body: isBody, headers, headersReordered, properties },
      requestId,
    });
  });
}

/** A draft from a dead queue that its author does not see was not shown to them: they write in its place. */
async function shownVersion(
  transaction: Transaction,
  messageId: string,
  { version }: NewDraft,
  scope: Scope,
): Promise<number | null> {
  if (version !== 0 || scope === null) return version ?? null;
  const isDraft = ({ operationId }: StoredEdit) => operationId === null;
  const isHidden =
    (await readEdits(transaction, messageId, null)).some(isDraft) &&
    !(await readEdits(transaction, messageId, scope)).some(isDraft);
  return isHidden ? null : version;
}

/** @throws AppError `draft.notFound`, also for what is outside the scope. */
export async function discardDraft(database: Database, messageId: string, { actor, requestId }: By): Promise<void> {
  await inTransaction(database, async (transaction) => {
    if (actor.scope !== null) {
      await readLatest(transaction, messageId, actor.scope);
      const edits = await readEdits(transaction, messageId, actor.scope);
      if (!edits.some(({ operationId }) => operationId === null)) throw new AppError('draft.notFound');
    }
    const { contentId, author } = await removeDraft(transaction, messageId);
    await removeContents(transaction, [contentId]);
    await recordAuditEvent(transaction, {
      actor,
      kind: 'message.draftDiscarded',
      messageId,
      details: { author },
      requestId,
    });
  });
}

async function withContents(
  database: Database,
  { contentId, ...edit }: StoredEdit,
  queueStripHeaders: readonly string[],
): Promise<EditWithContents> {
  return { ...edit, contents: (await readEditable(database, contentId, queueStripHeaders)).editable };
}

/** Reads no body that is too large to be edited. */
async function readEditable(
  database: Database,
  contentId: string,
  queueStripHeaders: readonly string[],
): Promise<{ editable: EditableContents; locked: Editing['locked']['headers'] }> {
  const { properties, headers = [], stripHeaders, bodySize } = await readContentsHead(database, contentId);
  const { editable, locked } = splitHeaders(headers, [...stripHeaders, ...queueStripHeaders]);
  const isSmall = bodySize <= MOST_BODY_BYTES;
  const body = isSmall ? bodyOf((await readContents(database, contentId)).contents.body) : null;
  return { editable: { properties, headersTyped: editable, body }, locked };
}

function bodyOf(body: Buffer): DraftBody {
  return isUtf8(body)
    ? { encoding: 'utf8', text: body.toString('utf8') }
    : { encoding: 'base64', text: body.toString('base64') };
}

/** Strictly: what does not fit its type is an error, never bent until it fits. */
function readChanges({ body, headersTyped, properties }: NewDraft): Changes {
  return {
    ...(body === undefined ? {} : { body: readBody(body) }),
    ...(headersTyped === undefined
      ? {}
      : { headers: readStrictly<HeaderTable>(headerTable, headersTyped, 'headersTyped') }),
    ...(properties === undefined
      ? {}
      : { properties: readStrictly<MessageProperties>(messageProperties, properties, 'properties') }),
  };
}

const base64 = z.base64();

function readBody({ encoding, text }: DraftBody): Buffer {
  const isWhole =
    encoding === 'base64' ? base64.safeParse(text).success : Buffer.from(text, 'utf8').toString('utf8') === text;
  if (!isWhole) {
    throw new AppError('request.malformed', {
      detail: encoding === 'base64' ? 'body.text is not base64.' : 'body.text holds half of a character.',
      errors: { 'body.text': 'field.invalid' },
    });
  }
  const bytes = Buffer.from(text, encoding);
  if (bytes.length > MOST_BODY_BYTES) throw new AppError('draft.bodyTooLarge', { params: { most: MOST_BODY_BYTES } });
  return bytes;
}

function readStrictly<Read>(schema: z.ZodType<Read>, given: unknown, field: string): Read {
  const result = schema.safeParse(given);
  if (result.success) return result.data;
  const paths = result.error.issues.map(({ path }) => [field, ...path.map(String)].join('.'));
  throw new AppError('request.malformed', {
    detail: `These fields are wrong: ${paths.slice(0, 20).join(', ')}.`,
    errors: Object.fromEntries(paths.map((path) => [path, 'field.invalid' as const])),
  });
}

/** What the broker would not take of it, and took of no earlier version: an edit is to mend, not to break. */
function checkSendable(
  original: MessageContents,
  edited: MessageContents,
  stripHeaders: readonly string[],
  terms: BrokerTerms,
): void {
  const partsOf = (contents: MessageContents) => {
    const sent = messageToResend(contents, {
      ...USUAL_CHOICES,
      stripHeaders,
      user: terms.user,
      mark: null,
      isOurMark: () => false,
    });
    return unsendableParts(sent, terms);
  };
  const known = new Set(partsOf(original).map((part) => JSON.stringify(part)));
  const parts = partsOf(edited).filter((part) => !known.has(JSON.stringify(part)));
  if (parts.length > 0) throw new AppError('draft.notSendable', { params: { parts: describeParts(parts) } });
}

const latestRow = z
  .object({
    last_death_id: idColumn,
    content_id: idColumn,
    status: z.enum(MESSAGE_STATUSES),
    strip_headers: nameListColumn,
  })
  .transform((row) => ({
    deathId: row.last_death_id,
    contentId: row.content_id,
    status: row.status,
    /** By the dead queue's setting. */
    stripHeaders: row.strip_headers,
  }));

async function readLatest(
  database: Database | Transaction,
  messageId: string,
  scope: Scope,
): Promise<z.infer<typeof latestRow>> {
  const within = withinScope('message.dead_queue_id', scope);
  const row: unknown = await database('failed_messages AS message')
    .join('deaths AS death', 'death.id', 'message.last_death_id')
    .join('dead_queues AS dead_queue', 'dead_queue.id', 'death.dead_queue_id')
    .where('message.id', messageId)
    .whereRaw(within.sql, within.bindings)
    .first('message.last_death_id', 'message.status', 'death.content_id', 'dead_queue.strip_headers');
  if (row === undefined) throw new AppError('message.notFound');
  return latestRow.parse(row);
}
