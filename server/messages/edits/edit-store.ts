import { z } from 'zod';

import { OUTCOMES } from '../../contract/operations.ts';
import { editSummary, type Edit, type EditSummary } from '../../contract/schemas/edits.ts';
import { seenOperations, withinScope } from '../../access/within-scope.ts';
import { countColumn, idColumn, nameListColumn, timeColumn } from '../../database/columns.ts';
import type { Database, Transaction } from '../../database/connect.ts';
import { isDuplicateKey } from '../../database/faults.ts';
import { AppError } from '../../web/app-error.ts';
import type { Scope } from '../../web/route.ts';
import { inexactPartsColumn } from '../contents-store.ts';

const editRow = z
  .object({
    id: idColumn,
    message_id: idColumn,
    death_id: idColumn,
    content_id: idColumn,
    version: countColumn,
    author_name: z.string(),
    created_at: timeColumn,
    saved_at: timeColumn,
    is_draft: countColumn,
    last_death_id: idColumn,
    changed: z.string().transform((json): EditSummary => editSummary.parse(JSON.parse(json))),
    operation_id: idColumn.nullable(),
    outcome: z.enum(OUTCOMES).nullable(),
  })
  .transform((row): StoredEdit => ({
    id: row.id,
    messageId: row.message_id,
    deathId: row.death_id,
    contentId: row.content_id,
    version: row.version,
    author: row.author_name,
    createdAt: row.created_at,
    savedAt: row.saved_at,
    outdated: row.is_draft === 1 && row.death_id !== row.last_death_id,
    changed: row.changed,
    operationId: row.operation_id,
    outcome: row.outcome,
  }));

/** An edit, and where its contents are. */
export type StoredEdit = Edit & { contentId: string };

/**
 * The edits of a message, oldest first: at most one of them, the last, is a draft. Those of what it was in a dead queue
 * outside the scope are left out, and those that were sent by an operation that is not seen.
 */
export async function readEdits(
  database: Database | Transaction,
  messageId: string,
  scope: Scope,
): Promise<StoredEdit[]> {
  const within = withinScope('death.dead_queue_id', scope);
  const rows: unknown[] = await database('edits AS edit')
    .join('failed_messages AS message', 'message.id', 'edit.message_id')
    .leftJoin('deaths AS death', 'death.id', 'edit.death_id')
    .leftJoin('operation_items AS item', (on) => {
      on.on('item.operation_id', 'edit.operation_id').andOn('item.message_id', 'edit.message_id');
    })
    .where('edit.message_id', messageId)
    .whereRaw(within.sql, within.bindings)
    .orderBy('edit.id')
    .select(
      'edit.id',
      'edit.message_id',
      'edit.death_id',
      'edit.content_id',
      'edit.version',
      'edit.author_name',
      'edit.created_at',
      'edit.saved_at',
      database.raw('edit.draft IS NOT NULL AS is_draft'),
      'message.last_death_id',
      'edit.changed',
      'edit.operation_id',
      'item.outcome',
    );
  const edits = z.array(editRow).parse(rows);
  const operations = await seenOperations(
    database,
    edits.map(({ operationId }) => operationId),
    scope,
  );
  return edits.filter(({ operationId }) => operationId === null || operations?.has(operationId) !== false);
}

export interface NewDraftRow {
  messageId: string;
  deathId: string;
  contentId: string;
  author: { userId: string; username: string };
  changed: EditSummary;
}

const draftRow = z.object({ id: idColumn, version: countColumn, content_id: idColumn, author_name: z.string() });

/**
 * Writes a draft, in place of the one there is.
 *
 * @param shown the version that its author saw, 0 for none; null: whatever there is.
 * @returns where the contents of the one before are: nothing points to them any more.
 * @throws AppError `draft.changed`.
 */
export async function writeDraft(
  transaction: Transaction,
  draft: NewDraftRow,
  shown: number | null,
): Promise<string | null> {
  const before = await lockDraft(transaction, draft.messageId);
  if (shown !== null && shown !== (before?.version ?? 0)) throw new AppError('draft.changed');
  const now = transaction.raw('UTC_TIMESTAMP(3)');
  const values = {
    death_id: draft.deathId,
    content_id: draft.contentId,
    author_id: draft.author.userId,
    author_name: draft.author.username,
    changed: JSON.stringify(draft.changed),
    saved_at: now,
  };
  if (before === null) {
    try {
      await transaction('edits').insert({
        ...values,
        message_id: draft.messageId,
        draft: 1,
        version: 1,
        created_at: now,
      });
    } catch (error) {
      // Somebody else began one at the same moment.
      throw isDuplicateKey(error) ? new AppError('draft.changed', { cause: error }) : error;
    }
    return null;
  }
  await transaction('edits')
    .where('id', before.id)
    .update({ ...values, version: before.version + 1 });
  return before.content_id;
}

/**
 * Removes the draft of a message.
 *
 * @returns where its contents are.
 * @throws AppError `draft.notFound`.
 */
export async function removeDraft(
  transaction: Transaction,
  messageId: string,
): Promise<{ contentId: string; author: string }> {
  const draft = await lockDraft(transaction, messageId);
  if (draft === null) throw new AppError('draft.notFound');
  await transaction('edits').where('id', draft.id).delete();
  return { contentId: draft.content_id, author: draft.author_name };
}

async function lockDraft(transaction: Transaction, messageId: string): Promise<z.infer<typeof draftRow> | null> {
  const row: unknown = await transaction('edits')
    .where({ message_id: messageId, draft: 1 })
    .forUpdate()
    .first('id', 'version', 'content_id', 'author_name');
  return row === undefined ? null : draftRow.parse(row);
}

/** What a resend has to know of an edit, apart from its contents. */
export interface EditToSend {
  editId: string;
  messageId: string;
  deathId: string;
  version: number;
  contentId: string;
  bodySize: number;
  contentsPurged: boolean;
  inexactParts: string[];
  /** Of the contents; those of the dead queue's setting come to them. */
  stripHeaders: string[];
}

const editToSendRow = z
  .object({
    id: idColumn,
    message_id: idColumn,
    death_id: idColumn,
    version: countColumn,
    content_id: idColumn,
    body_size: countColumn,
    purged_at: z.date().nullable(),
    inexact_parts: inexactPartsColumn,
    strip_headers: nameListColumn,
  })
  .transform((row): EditToSend => ({
    editId: row.id,
    messageId: row.message_id,
    deathId: row.death_id,
    version: row.version,
    contentId: row.content_id,
    bodySize: row.body_size,
    contentsPurged: row.purged_at !== null,
    inexactParts: row.inexact_parts,
    stripHeaders: row.strip_headers,
  }));

/** The drafts of these messages, by message id. */
export async function readDrafts(
  database: Database | Transaction,
  messageIds: readonly string[],
): Promise<Map<string, EditToSend>> {
  return await readEditsToSend(database, messageIds, { draft: 1 });
}

/** The edits that an operation has taken of these messages, by message id. */
export async function readTakenEdits(
  database: Database | Transaction,
  operationId: string,
  messageIds: readonly string[],
): Promise<Map<string, EditToSend>> {
  return await readEditsToSend(database, messageIds, { operation_id: operationId });
}

async function readEditsToSend(
  database: Database | Transaction,
  messageIds: readonly string[],
  which: { draft: 1 } | { operation_id: string },
): Promise<Map<string, EditToSend>> {
  if (messageIds.length === 0) return new Map();
  const rows: unknown[] = await database('edits AS edit')
    .join('contents AS content', 'content.id', 'edit.content_id')
    .whereIn('edit.message_id', [...messageIds])
    .where(Object.fromEntries(Object.entries(which).map(([column, value]) => [`edit.${column}`, value])))
    .select(
      'edit.id',
      'edit.message_id',
      'edit.death_id',
      'edit.version',
      'edit.content_id',
      'content.body_size',
      'content.purged_at',
      'content.inexact_parts',
      'content.strip_headers',
    );
  return new Map(
    z
      .array(editToSendRow)
      .parse(rows)
      .map((edit) => [edit.messageId, edit]),
  );
}

/**
 * Gives drafts to an operation, in the transaction that makes it: what it sends cannot be changed any more.
 *
 * @throws AppError `draft.changed` when one of them is not the draft any more, or of another version.
 */
export async function takeDrafts(
  transaction: Transaction,
  operationId: string,
  drafts: readonly EditToSend[],
): Promise<void> {
  for (const { editId, version } of drafts) {
    const taken = await transaction('edits')
      .where({ id: editId, version, draft: 1 })
      .update({ draft: null, operation_id: operationId });
    if (taken === 0) throw new AppError('draft.changed');
  }
}
