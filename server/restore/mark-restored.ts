import { z } from 'zod';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { SHELF_OF } from '../contract/messages.ts';
import { ENDED_OPERATION_STATUSES } from '../contract/operations.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';
import { migrate, withMigrationLock } from '../database/migrate.ts';
import { inTransaction } from '../database/transaction.ts';
import { ensureInstallation } from '../messages/resend-mark.ts';
import { hashItems } from '../operations/items-hash.ts';
import { NO_LEASE } from '../operations/lease.ts';
import { removePortions } from '../operations/portion-store.ts';
import { recordEnd } from '../operations/settle.ts';

/** Instances of the office work on this database, or did so a moment ago. */
export class InstancesAliveError extends Error {
  constructor(instances: readonly string[]) {
    super(
      `The office is running on this database (${instances.join(', ')}). Stop every instance, wait ` +
        `${INSTANCE_SILENT_SECONDS} seconds, and try again.`,
    );
  }
}

/** What was done, or with `count` what there is to do. */
export interface RestoredCounts {
  /** `pending` and `resending`: unknown now. */
  messages: number;
  /** They had not ended: stopped now. */
  operations: number;
  epoch: number;
}

/** Rows in one transaction. */
const AT_ONCE = 1000;
/**
 * Ids that were given since the backup are not given again: people wrote them down, and journal files name them. It is
 * far more than are given between two backups, and nothing next to 2^63.
 */
const ID_GAP = 100_000_000;

const openStatuses = ['pending', 'resending'] as const;

/** @throws InstancesAliveError while the office runs on this database. */
export async function countRestored(database: Database): Promise<RestoredCounts> {
  await migrate(database);
  await refuseLivingInstances(database);
  const { epoch } = await ensureInstallation(database);
  const counted = z.object({ n: countColumn });
  const messages: unknown = await database('failed_messages')
    .whereIn('status', [...openStatuses])
    .count('* AS n')
    .first();
  const operations: unknown = await database('operations').whereNull('finished_at').count('* AS n').first();
  return { messages: counted.parse(messages).n, operations: counted.parse(operations).n, epoch };
}

/**
 * Makes a database that was restored from a backup safe to work on. The backup does not know what was sent after it was
 * made, so everything that could be sent again by itself or by habit is called what it is, `unknown`:
 *
 * | what | becomes |
 * |---|---|
 * | the installation's epoch | one more: marks of resends that are not on record are told from later ones |
 * | operations that have not ended | `stopped`, because `restored`; their open items `unknown` (of a resend) or `skipped` |
 * | messages `pending` or `resending` | `unknown`, with an audit event each |
 * | batches of the intake | nothing of them answers for a redelivery; what looks like one is stored, and marked |
 * | sessions | ended |
 *
 * It can be done again, also after it broke off in the middle: what is done stays done. Instances that start meanwhile
 * wait for it.
 *
 * @throws InstancesAliveError, and then nothing is changed.
 */
export async function markRestored(database: Database): Promise<RestoredCounts> {
  await migrate(database);
  return await withMigrationLock(database, async () => {
    await refuseLivingInstances(database);
    await ensureInstallation(database);
    await inTransaction(database, async (transaction) => {
      await transaction('installation').where({ id: 1 }).increment('epoch', 1);
      await transaction('id_sequences').increment('next_id', ID_GAP);
      await transaction('intake_batches').whereIn('state', ['committed', 'lost']).update({ state: 'fenced' });
      await transaction('sessions').delete();
    });
    const operations = await stopOperations(database);
    const messages = await forgetStatuses(database);
    const { epoch } = await ensureInstallation(database);
    const done = { messages, operations, epoch };
    await recordAuditEvent(database, { actor: THE_OFFICE, kind: 'installation.restored', details: { ...done } });
    return done;
  });
}

const instanceRow = z.object({ host: z.string(), pid: z.number() });

async function refuseLivingInstances(database: Database): Promise<void> {
  const rows: unknown[] = await database('instances')
    .whereNull('stopped_at')
    .whereRaw('last_seen_at > UTC_TIMESTAMP(3) - INTERVAL ? SECOND', [INSTANCE_SILENT_SECONDS])
    .select('host', 'pid');
  if (rows.length === 0) return;
  throw new InstancesAliveError(
    z
      .array(instanceRow)
      .parse(rows)
      .map(({ host, pid }) => `process ${pid} on ${host}`),
  );
}

const operationRow = z.object({ id: idColumn, action: z.string() });

/** Nothing goes on by itself: whoever wants the rest sends it anew. */
async function stopOperations(database: Database): Promise<number> {
  const rows: unknown[] = await database('operations').whereNull('finished_at').orderBy('id').select('id', 'action');
  const open = z.array(operationRow).parse(rows);
  for (const { id, action } of open) {
    // Of a resend any item may have left since the backup; the others change nothing outside.
    const outcome = action === 'resend' ? 'unknown' : 'skipped';
    while ((await endItems(database, id, outcome)) > 0);
    const { sha256 } = await hashItems(database, id);
    await inTransaction(database, (transaction) => stopOperation(transaction, id, sha256));
  }
  return open.length;
}

async function endItems(database: Database, operationId: string, outcome: 'unknown' | 'skipped'): Promise<number> {
  return await inTransaction(database, async (transaction) => {
    const ended = await transaction('operation_items')
      .where({ operation_id: operationId })
      .whereNot('state', 'done')
      .limit(AT_ONCE)
      .update({
        state: 'done',
        outcome,
        error_code: 'item.restored',
        at: transaction.raw('UTC_TIMESTAMP(3)'),
      });
    if (ended > 0) await transaction('operations').where({ id: operationId }).increment(outcome, ended);
    return ended;
  });
}

async function stopOperation(transaction: Transaction, operationId: string, itemsSha256: string): Promise<void> {
  await removePortions(transaction, operationId);
  await transaction('operations')
    .where({ id: operationId })
    .update({
      // One that was cancelled or stopped before, and had not put everything down, stays what it is.
      status: transaction.raw(
        `IF(status IN (${ENDED_OPERATION_STATUSES.map(() => '?').join(', ')}), status, 'stopped')`,
        [...ENDED_OPERATION_STATUSES],
      ),
      stopped_because: transaction.raw('COALESCE(stopped_because, ?)', [
        JSON.stringify({ code: 'restored', params: {} }),
      ]),
      hold: null,
      finished_at: transaction.raw('UTC_TIMESTAMP(3)'),
      version: transaction.raw('version + 1'),
      ...NO_LEASE,
    });
  await recordEnd(transaction, operationId, itemsSha256);
}

/** Everything that waits to be sent, or was being sent, when the backup was made. */
async function forgetStatuses(database: Database): Promise<number> {
  let messages = 0;
  for (;;) {
    const moved = await inTransaction(database, forgetSome);
    if (moved === 0) return messages;
    messages += moved;
  }
}

async function forgetSome(transaction: Transaction): Promise<number> {
  const rows: unknown[] = await transaction('failed_messages')
    .whereIn('status', [...openStatuses])
    .limit(AT_ONCE)
    .forUpdate()
    .pluck('id');
  const ids = z.array(idColumn).parse(rows);
  if (ids.length === 0) return 0;
  await transaction('failed_messages')
    .whereIn('id', ids)
    .update({ status: 'unknown', shelf: SHELF_OF.unknown, version: transaction.raw('version + 1') });
  await transaction('audit_events').insert(
    ids.map((id) => ({
      at: transaction.raw('UTC_TIMESTAMP(3)'),
      actor_name: THE_OFFICE.username,
      kind: 'message.restored',
      message_id: id,
      details: JSON.stringify({ reason: 'restored' }),
    })),
  );
  return ids.length;
}
