import { randomBytes } from 'node:crypto';

import type { Knex } from 'knex';

import type { Database, Transaction } from '../database/connect.ts';

/**
 * Who runs an operation. A lease is a random token in the operation's row with a time until which it holds, by the
 * database's clock alone. Whoever runs the operation compares the token in every transaction.
 *
 * | lease | means | leaves it by |
 * |---|---|---|
 * | none | nobody runs it | an instance takes it, if there is something to do |
 * | held | `lease_until` is ahead | renewed again and again; given back |
 * | run out | `lease_until` is past, or further ahead than any lease can be (a clock was set back) | an instance takes it over with a token of its own |
 */
export interface Lease {
  operationId: string;
  token: Buffer;
}

/** How long a lease holds, and how long after it was renewed (monotonic clock) a message may still leave, both in ms. */
export interface LeaseTimes {
  leaseMs: number;
  leaveWithinMs: number;
}
export const LEASE_TIMES: LeaseTimes = { leaseMs: 15_000, leaveWithinMs: 5_000 };

/** Operations with something to do that nobody is doing, oldest first. */
export async function findFreeOperations(database: Database, times: LeaseTimes, limit: number): Promise<string[]> {
  const ids: unknown[] = await database('operations')
    .where(needsRunner)
    .where(isFree(times))
    .orderBy('id')
    .limit(limit)
    .pluck('id');
  return ids.map(String);
}

/** Takes the lease of one operation. Null when somebody else was faster or there is nothing to do any more. */
export async function takeLease(
  database: Database,
  operationId: string,
  instanceId: string,
  times: LeaseTimes,
): Promise<Lease | null> {
  const token = randomBytes(16);
  const taken = await database('operations')
    .where('id', operationId)
    .where(needsRunner)
    .where(isFree(times))
    .update({
      lease_instance_id: instanceId,
      lease_token: token,
      lease_until: leaseEnd(database, times),
      started_at: database.raw('COALESCE(started_at, UTC_TIMESTAMP(3))'),
    });
  return taken === 1 ? { operationId, token } : null;
}

/** Makes the lease hold for its whole length again. False: it is somebody else's by now. */
export async function renewLease(
  database: Database | Transaction,
  { operationId, token }: Lease,
  times: LeaseTimes,
): Promise<boolean> {
  const renewed = await database('operations')
    .where({ id: operationId, lease_token: token })
    .update({ lease_until: leaseEnd(database, times) });
  return renewed === 1;
}

/** What a runner writes beside when it has put everything down. */
export const NO_LEASE = { lease_instance_id: null, lease_token: null, lease_until: null };

/**
 * Not ended, and either to be worked on or left behind by a runner that did not put everything down. A cancelled
 * or stopped operation has ended once `finished_at` is set: until then its remaining items wait for their outcome. One
 * that is scheduled waits for its time; one that waits for a second person is only looked at when it did so too long.
 */
function needsRunner(where: Knex.QueryBuilder): void {
  void where.whereNull('finished_at').where((any) => {
    void any
      .whereIn('status', ['preparing', 'running', 'waiting', 'cancelled', 'stopped'])
      .orWhereNotNull('lease_token')
      .orWhere((late) => {
        void late.where('status', 'awaitingApproval').whereRaw('approval_until <= UTC_TIMESTAMP(3)');
      })
      .orWhere((due) => {
        void due.where('status', 'scheduled').whereRaw('start_at <= UTC_TIMESTAMP(3)');
      });
  });
}

function isFree({ leaseMs }: LeaseTimes): (where: Knex.QueryBuilder) => void {
  const now = 'UTC_TIMESTAMP(3)';
  return (where) => {
    void where
      .whereNull('lease_until')
      .orWhereRaw(`lease_until <= ${now}`)
      .orWhereRaw(`lease_until > ${now} + INTERVAL ? MICROSECOND`, [2 * leaseMs * 1000]);
  };
}

function leaseEnd(database: Database | Transaction, { leaseMs }: LeaseTimes): Knex.Raw {
  return database.raw('UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND', [leaseMs * 1000]);
}
