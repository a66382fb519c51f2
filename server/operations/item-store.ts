import { z } from 'zod';

import type { ItemError } from '../contract/errors.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../contract/messages.ts';
import type { Outcome } from '../contract/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import { insertRows } from '../database/insert-rows.ts';

import type { Lease } from './lease.ts';

/**
 * The states of an item. Every move is made while its operation's row is locked and the lease token has been compared,
 * so an item is moved by one runner at a time.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | `queued` | waits for its turn | claim → `claimed`; message changed, change action, or operation ended → `done` |
 * | `claimed` | its message is `resending`; nothing has left | mark → `publishing`; pause or stop → `queued`; not resendable, or operation ended → `done` |
 * | `publishing` | it may leave the process from now on | its outcome → `done`; surely not left → `claimed`; runner gone → `done`, `unknown` |
 * | `done` | has its one outcome, for good | |
 */
export const ITEM_STATES = ['queued', 'claimed', 'publishing', 'done'] as const;
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

const nowRow = z.tuple([z.tuple([z.object({ now: z.date() })])]).rest(z.unknown());

/** A frozen selection becomes rows; items that are left out from the start have their outcome already. */
export async function insertItems(
  transaction: Transaction,
  operationId: string,
  items: readonly { messageId: string; version: number; status: MessageStatus; leftOut: ItemError | null }[],
): Promise<void> {
  if (items.length === 0) return;
  const [[{ now }]] = nowRow.parse(await transaction.raw('SELECT UTC_TIMESTAMP(3) AS now'));
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

/** The next items in these states, in id order, locked. */
export async function lockItems(
  transaction: Transaction,
  operationId: string,
  options: { states: readonly ItemState[]; limit: number; after?: string; upTo?: string },
): Promise<Item[]> {
  const rows: unknown[] = await transaction('operation_items')
    .where('operation_id', operationId)
    .where('message_id', '>', options.after ?? '0')
    .modify((query) => {
      if (options.upTo !== undefined) void query.where('message_id', '<=', options.upTo);
    })
    .whereIn('state', [...options.states])
    .orderBy('message_id')
    .limit(options.limit)
    .forUpdate()
    .select(COLUMNS);
  return z.array(itemRow).parse(rows);
}

/**
 * Those of these items that a runner still has in its hands: marked by its token, or, while the operation itself bears
 * that token, claimed. Locked.
 */
export async function lockItemsInHand(
  transaction: Transaction,
  operationId: string,
  messageIds: readonly string[],
  { token, leaseHeld }: { token: Buffer; leaseHeld: boolean },
): Promise<Item[]> {
  const rows: unknown[] = await transaction('operation_items')
    .where('operation_id', operationId)
    .whereIn('message_id', [...messageIds])
    .where((any) => {
      void any.where({ state: 'publishing', lease_token: token });
      if (leaseHeld) void any.orWhere('state', 'claimed');
    })
    .orderBy('message_id')
    .forUpdate()
    .select(COLUMNS);
  return z.array(itemRow).parse(rows);
}

/** Items that somebody else marked: whoever that was has lost the lease. Locked. */
export async function lockItemsOfOthers(
  transaction: Transaction,
  operationId: string,
  token: Buffer,
  limit: number,
): Promise<Item[]> {
  const rows: unknown[] = await transaction('operation_items')
    .where({ operation_id: operationId, state: 'publishing' })
    .where((any) => {
      void any.whereNull('lease_token').orWhereNot('lease_token', token);
    })
    .orderBy('message_id')
    .limit(limit)
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

/**
 * From now on these may leave. Doing it again with the same token is harmless.
 *
 * @returns how many are marked; fewer than given means that they are not in this runner's hands any more.
 */
export async function markItems(
  transaction: Transaction,
  operationId: string,
  token: Buffer,
  messageIds: readonly string[],
): Promise<number> {
  return await transaction('operation_items')
    .where('operation_id', operationId)
    .whereIn('message_id', [...messageIds])
    .where((any) => {
      void any.where('state', 'claimed').orWhere({ state: 'publishing', lease_token: token });
    })
    .update({ state: 'publishing', lease_token: token });
}

/**
 * The same by one statement, where the operation is this runner's for at least so long yet and nothing holds it up.
 * Fewer than given: `markItems` finds out why.
 */
export async function markItemsAtOnce(
  database: Database,
  { operationId, token }: Lease,
  messageIds: readonly string[],
  leaveWithinMs: number,
): Promise<number> {
  const [result] = (await database.raw(
    `UPDATE operation_items AS item JOIN operations AS operation ON operation.id = item.operation_id
     SET item.state = 'publishing', item.lease_token = ?
     WHERE item.operation_id = ? AND item.message_id IN (${messageIds.map(() => '?').join(', ')})
       AND (item.state = 'claimed' OR (item.state = 'publishing' AND item.lease_token = ?))
       AND operation.lease_token = ? AND operation.status IN ('running', 'waiting')
       AND operation.lease_until >= UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND`,
    [token, operationId, ...messageIds, token, token, leaveWithinMs * 1000],
  )) as [{ affectedRows: number }];
  return result.affectedRows;
}

/** Back to an earlier state, for items that surely have not left. `versionStep`: how often their messages moved for it. */
export async function moveItemsBack(
  transaction: Transaction,
  operationId: string,
  messageIds: readonly string[],
  to: 'queued' | 'claimed',
  versionStep: 0 | 1,
): Promise<void> {
  if (messageIds.length === 0) return;
  await transaction('operation_items')
    .where('operation_id', operationId)
    .whereIn('message_id', [...messageIds])
    .update({ state: to, lease_token: null, message_version: transaction.raw('message_version + ?', [versionStep]) });
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
    const changed = await transaction('operation_items')
      .where('operation_id', operationId)
      .whereIn('message_id', messageIds)
      .whereNot('state', 'done')
      .update({
        state: 'done',
        outcome: end.outcome,
        error_code: end.code,
        error_text: end.text === null ? null : end.text.slice(0, MAX_TEXT),
        at: transaction.raw('UTC_TIMESTAMP(3)'),
      });
    if (changed !== messageIds.length) throw new Error(`${messageIds.length} items were to end, and ${changed} did.`);
  }
}

/** Whether every item has its outcome. */
export async function allItemsDone(transaction: Transaction, operationId: string): Promise<boolean> {
  const open: unknown = await transaction('operation_items')
    .where('operation_id', operationId)
    .whereIn('state', ['queued', 'claimed', 'publishing'])
    .first('message_id');
  return open === undefined;
}
