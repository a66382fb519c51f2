import { z } from 'zod';

import type { Transaction } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { removeContents } from '../messages/contents-store.ts';

import { readExpired, type RetentionTerms } from './expired-messages.ts';

/** How many messages lost their contents alone, and how many went as a whole. */
export interface Removed {
  contents: number;
  records: number;
}

/**
 * Removes what is past its term of these messages, as they are by now: they are locked, in the order in which operations
 * and the intake lock too (operations, items, messages), and looked at again. One that came back, was restored or taken
 * by an operation since it was found stays whole; whoever wants it at this moment waits, and finds it as it is then.
 *
 * Of a message whose contents go the record stays: with its deaths, their errors and stack traces, its keys and items.
 */
export async function removeExpired(
  transaction: Transaction,
  found: readonly { id: string; goes: 'contents' | 'record' }[],
  terms: RetentionTerms,
): Promise<Removed> {
  const foundIds = found.map(({ id }) => id);
  const foundRecords = new Set(found.filter(({ goes }) => goes === 'record').map(({ id }) => id));
  await lockItemsOf(transaction, [...foundRecords]);
  const wanted = [...foundIds, ...(await findSharers(transaction, foundIds))];
  await transaction('failed_messages').whereIn('id', wanted).orderBy('id').forUpdate().select('id');
  const expired = await readExpired(transaction, wanted, terms);
  // A record whose term ended just now has its items not locked: it goes with the next pass.
  const records = expired.filter(({ id, goes }) => goes === 'record' && foundRecords.has(id)).map(({ id }) => id);
  const emptied = await emptyContents(
    transaction,
    expired.map(({ id }) => id),
  );
  await removeRecords(transaction, records);
  const whole = new Set(records);
  return { contents: emptied.filter((id) => !whole.has(id)).length, records: records.length };
}

/** Other messages with the same contents: these go when all of them are past their term. */
async function findSharers(transaction: Transaction, messageIds: readonly string[]): Promise<string[]> {
  const rows: unknown[] = await transaction('deaths AS death')
    .join('deaths AS other', 'other.content_id', 'death.content_id')
    .whereIn('death.message_id', [...messageIds])
    .whereNotIn('other.message_id', [...messageIds])
    .distinct('other.message_id');
  return z
    .array(z.object({ message_id: idColumn }))
    .parse(rows)
    .map(({ message_id }) => message_id);
}

async function lockItemsOf(transaction: Transaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  const found: unknown[] = await transaction('operation_items')
    .whereIn('message_id', [...messageIds])
    .distinct('operation_id')
    .pluck('operation_id');
  const operationIds = z.array(idColumn).parse(found);
  await transaction('operations').whereIn('id', operationIds).orderBy('id').forUpdate().select('id');
  await transaction('operation_items')
    .whereIn('operation_id', operationIds)
    .whereIn('message_id', [...messageIds])
    .orderBy(['operation_id', 'message_id'])
    .forUpdate()
    .select('operation_id', 'message_id');
}

const contentsRow = z.object({ id: idColumn, message_id: idColumn, envelope_id: idColumn.nullable() });

/**
 * The contents that these messages have and no other, with the envelopes in which they arrived (an envelope belongs to
 * one contents row alone), and whose they are.
 */
async function readOwnContents(
  transaction: Transaction,
  messageIds: readonly string[],
  { purgedToo }: { purgedToo: boolean },
): Promise<{ contentIds: string[]; messageIds: string[] }> {
  const found: unknown[] = await transaction('deaths AS death')
    .join('contents AS content', 'content.id', 'death.content_id')
    .whereIn('death.message_id', [...messageIds])
    .modify((query) => {
      if (!purgedToo) void query.whereNull('content.purged_at');
    })
    .whereNotExists((others) => {
      void others
        .from('deaths AS other')
        .whereRaw('other.content_id = content.id')
        .whereNotIn('other.message_id', [...messageIds])
        .select(transaction.raw('1'));
    })
    .select('content.id', 'death.message_id', 'content.envelope_id');
  const rows = z.array(contentsRow).parse(found);
  return {
    contentIds: [...new Set(rows.flatMap(({ id, envelope_id }) => (envelope_id === null ? [id] : [id, envelope_id])))],
    messageIds: [...new Set(rows.map(({ message_id }) => message_id))],
  };
}

/** Where the contents of edits of these messages are; each belongs to one edit alone. */
async function readEditContents(transaction: Transaction, messageIds: readonly string[]): Promise<string[]> {
  const found: unknown[] = await transaction('edits')
    .whereIn('message_id', [...messageIds])
    .pluck('content_id');
  return z.array(idColumn).parse(found);
}

/** @returns the messages of which bodies, headers and properties went. */
async function emptyContents(transaction: Transaction, messageIds: readonly string[]): Promise<string[]> {
  if (messageIds.length === 0) return [];
  const own = await readOwnContents(transaction, messageIds, { purgedToo: false });
  // Edits are of messages that went: what was sent in their place goes with them, and a draft that nobody sent.
  const contentIds = [...own.contentIds, ...(await readEditContents(transaction, messageIds))];
  await transaction('content_chunks').whereIn('content_id', contentIds).delete();
  await transaction('contents')
    .whereIn('id', contentIds)
    .update({
      key_id: null,
      sealed: null,
      properties: '{}',
      headers: null,
      chunk_count: 0,
      purged_at: transaction.raw('UTC_TIMESTAMP(3)'),
    });
  return own.messageIds;
}

/** All that is left of these messages once their contents are removed. Counts and audit events stay. */
async function removeRecords(transaction: Transaction, messageIds: readonly string[]): Promise<void> {
  if (messageIds.length === 0) return;
  const { contentIds } = await readOwnContents(transaction, messageIds, { purgedToo: true });
  await removeContents(transaction, [...contentIds, ...(await readEditContents(transaction, messageIds))]);
  for (const table of ['deaths', 'business_keys', 'operation_items', 'edits']) {
    await transaction(table)
      .whereIn('message_id', [...messageIds])
      .delete();
  }
  await transaction('failed_messages')
    .whereIn('id', [...messageIds])
    .delete();
}
