import { z } from 'zod';

import type { ItemError } from '../contract/errors.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { Outcome } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import { insertRows } from '../database/insert-rows.ts';

/**
 * The states of an item. It is moved by whoever holds its operation's lease, and by one runner at a time: items are
 * claimed under their own locks, and what may have left is named by a portion of that runner (`portion-store.ts`).
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | `queued` | waits for its turn | claim → `claimed`; message changed, change action, or operation ended → `done` |
 * | `claimed` | its message is `resending`. Named by an open portion it may have left; else nothing has | its outcome → `done`; pause or stop → `queued`; not resendable, or operation ended → `done`; in a portion of a runner that is gone → `done`, `unknown` |
 * | `done` | has its one outcome, for good | |
 */
export const ITEM_STATES = ['queued', 'claimed', 'done'] as const;
export type ItemState = (typeof ITEM_STATES)[number];

/** One message of an operation. `version` is the one that its message must have for the item's next step. */
export interface Item {
  messageId: string;
  version: number;
  /** The message's state when it was selected: where it goes back to when nothing was delivered. */
  statusBefore: MessageStatus;
  state: ItemState;
  deathId: string | null;
  resendNumber: number | null;
}

/** How an item ended. */
export interface ItemEnd {
  messageId: string;
  outcome: Outcome;
  code: ItemError | null;
  /** The broker's words or ours; never text from a message. */
  text: string | null;
}

/** `error_text` holds as many characters. */
const MAX_TEXT = 1000;

const itemRow = z
  .object({
    message_id: idColumn,
    message_version: z.number().int(),
    message_status: z.enum(MESSAGE_STATUSES),
    state: z.enum(ITEM_STATES),
    death_id: idColumn.nullable(),
    resend_number: z.number().int().nullable(),
  })
  .transform((row): Item => ({
    messageId: row.message_id,
    version: row.message_version,
    statusBefore: row.message_status,
    state: row.state,
    deathId: row.death_id,
    resendNumber: row.resend_number,
  }));
const COLUMNS = ['message_id', 'message_version', 'message_status', 'state', 'death_id', 'resend_number'];

/** A frozen selection becomes rows; items that are left out from the start have their outcome already. */
export async function insertItems(
  transaction: Transaction,
  operationId: string,
  items: readonly { messageId: string; version: number; status: MessageStatus; leftOut: ItemError | null }[],
): Promise<void> {
  if (items.length === 0) return;
  const now = await databaseNow(transaction);
  await insertRows(
    transaction,
    'operation_items',
    ['operation_id', 'message_id', 'message_version', 'message_status', 'state', 'outcome', 'error_code', 'at'],
    items.map(({ messageId, version, status, leftOut }) => [
      operationId,
      messageId,
      version,
      status,
      leftOut === null ? 'queued' : 'done',
      leftOut === null ? null : 'skipped',
      leftOut,
      leftOut === null ? null : now,
    ]),
  );
}

/** Some of an operation's items, while it is still being prepared. @returns how many. */
export async function deleteItems(transaction: Transaction, operationId: string, most: number): Promise<number> {
  return await transaction('operation_items').where('operation_id', operationId).limit(most).delete();
}

const countsRow = z.object({ total: countColumn, skipped: countColumn.nullable() });

/** How many there are, and how many of them are done: of an operation that is being prepared, those that are left out. */
export async function countItems(
  transaction: Transaction,
  operationId: string,
): Promise<{ total: number; skipped: number }> {
  const row: unknown = await transaction('operation_items')
    .where('operation_id', operationId)
    .first(transaction.raw("COUNT(*) AS total, SUM(state = 'done') AS skipped"));
  const { total, skipped } = countsRow.parse(row);
  return { total, skipped: skipped ?? 0 };
}

/** The next open items in these states, in id order, locked. */
export async function lockItems(
  transaction: Transaction,
  operationId: string,
  options: { states: readonly Exclude<ItemState, 'done'>[]; limit: number; after?: string; upTo?: string },
): Promise<Item[]> {
  const rows: unknown[] = await transaction('operation_items')
    .where('operation_id', operationId)
    .where('message_id', '>', options.after ?? '0')
    .modify((query) => {
      if (options.upTo !== undefined) void query.where('message_id', '<=', options.upTo);
    })
    // As the index of outcomes has it, in which every step of an item but its last changes nothing.
    .whereNull('outcome')
    .whereIn('state', [...options.states])
    .orderBy('message_id')
    .limit(options.limit)
    .forUpdate()
    .select(COLUMNS);
  return z.array(itemRow).parse(rows);
}

/** Those of these items that are claimed, locked. */
export async function lockClaimedItems(
  transaction: Transaction,
  operationId: string,
  messageIds: readonly string[],
): Promise<Item[]> {
  const rows: unknown[] = await transaction('operation_items')
    .where({ operation_id: operationId, state: 'claimed' })
    .whereIn('message_id', [...messageIds])
    .orderBy('message_id')
    .forUpdate()
    .select(COLUMNS);
  return z.array(itemRow).parse(rows);
}

/** An item whose message is held, with what is known from then on. */
export interface ClaimedItem {
  messageId: string;
  version: number;
  statusBefore: MessageStatus;
  deathId: string;
  resendNumber: number;
  exchange: string | null;
  routingKey: string | null;
}

export async function claimItems(
  transaction: Transaction,
  operationId: string,
  items: readonly ClaimedItem[],
): Promise<void> {
  if (items.length === 0) return;
  // The rows are there and locked: this is one UPDATE with values of its own for each row.
  await transaction.raw(
    `INSERT INTO operation_items (operation_id, message_id, message_version, message_status, state, death_id,
                                  resend_number, exchange, routing_key)
     VALUES ? ON DUPLICATE KEY UPDATE message_version = VALUES(message_version), state = VALUES(state),
       death_id = VALUES(death_id), resend_number = VALUES(resend_number), exchange = VALUES(exchange),
       routing_key = VALUES(routing_key)`,
    [
      items.map((item) => [
        operationId,
        item.messageId,
        item.version,
        item.statusBefore,
        'claimed',
        item.deathId,
        item.resendNumber,
        item.exchange === null ? null : Buffer.from(item.exchange),
        item.routingKey === null ? null : Buffer.from(item.routingKey),
      ]),
    ] as never,
  );
}

/** Claimed items whose messages went back (`versionStep`: how often they moved for it) wait for their turn again. */
export async function queueItemsAgain(
  transaction: Transaction,
  operationId: string,
  messageIds: readonly string[],
  versionStep: 0 | 1,
): Promise<void> {
  if (messageIds.length === 0) return;
  await transaction('operation_items')
    .where('operation_id', operationId)
    .whereIn('message_id', [...messageIds])
    .update({ state: 'queued', message_version: transaction.raw('message_version + ?', [versionStep]) });
}

/** Gives items their outcome. The rows must be locked and not done. One UPDATE for all that ended alike. */
export async function finishItems(
  transaction: Transaction,
  operationId: string,
  ends: readonly ItemEnd[],
): Promise<void> {
  const alike = new Map<string, { end: ItemEnd; messageIds: string[] }>();
  for (const end of ends) {
    const key = JSON.stringify([end.outcome, end.code, end.text]);
    const group = alike.get(key) ?? { end, messageIds: [] };
    group.messageIds.push(end.messageId);
    alike.set(key, group);
  }
  for (const { end, messageIds } of alike.values()) {
    const text = end.text === null ? null : end.text.slice(0, MAX_TEXT);
    const [{ affectedRows }] = (await transaction.raw(
      `UPDATE operation_items SET state = 'done', outcome = ?, error_code = ?, error_text = ?, at = UTC_TIMESTAMP(3)
       WHERE operation_id = ? AND message_id IN (?) AND outcome IS NULL`,
      [end.outcome, end.code, text, operationId, messageIds as never],
    )) as [{ affectedRows: number }];
    if (affectedRows !== messageIds.length)
      throw new Error(`${messageIds.length} items were to end, and ${affectedRows} did.`);
  }
}

/** Whether every item has its outcome. */
export async function allItemsDone(transaction: Transaction, operationId: string): Promise<boolean> {
  const open: unknown = await transaction('operation_items')
    .where('operation_id', operationId)
    .whereNull('outcome')
    .first('message_id');
  return open === undefined;
}
