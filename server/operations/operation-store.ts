import { z } from 'zod';

import {
  HOLD_CODES,
  OPERATION_STATUSES,
  OUTCOMES,
  type Action,
  type HoldCode,
  type OperationStatus,
  type Outcome,
  type StopCode,
} from '../contract/operations.ts';
import { messageFilter, type MessageFilter } from '../contract/schemas/messages.ts';
import { canary, target } from '../contract/schemas/operations.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { countColumn, idColumn } from '../database/columns.ts';
import type { Scope } from '../web/route.ts';

import { NO_LEASE } from './lease.ts';

/** What is kept of a request. The ids of a selection by ids are its items. */
export const keptRequest = z.object({
  target: target.nullable(),
  filter: messageFilter.nullable(),
  /** Of a selection by filter: the dead queues that its author saw then. Absent: all. */
  deadQueueIds: z.array(z.string()).optional(),
  /** There when true. */
  restoreCc: z.literal(true).optional(),
  restoreExpiration: z.literal(true).optional(),
  sendInexact: z.literal(true).optional(),
  edited: z.literal(true).optional(),
  includePossibleDuplicates: z.literal(true).optional(),
  limit: z.number().int().optional(),
  canary: canary.optional(),
  stopWhenCameBack: z.number().int().optional(),
  /** Of a selection by filter: the latest death that it may reach, and how many were shown. */
  upToId: z.string().optional(),
  shownCount: z.number().int().optional(),
  shownAtLeast: z.literal(true).optional(),
});
export type KeptRequest = z.infer<typeof keptRequest>;

export interface NewOperationRow {
  action: Action;
  status: OperationStatus;
  actor: { userId: string; username: string };
  reason: string | null;
  request: KeptRequest;
  requestHash: Buffer;
  idempotencyKey: string | null;
  ratePerSecond: number | null;
  /** Null: at once. */
  startAt: Date | null;
  total: number;
  skipped: number;
}

const insertId = z.tuple([idColumn]);

/** @returns the id. */
export async function insertOperation(transaction: Transaction, row: NewOperationRow): Promise<string> {
  const inserted: unknown = await transaction('operations').insert({
    action: row.action,
    status: row.status,
    version: 1,
    actor_id: row.actor.userId,
    actor_name: row.actor.username,
    reason: row.reason,
    request: JSON.stringify(row.request),
    request_hash: row.requestHash,
    idempotency_key: row.idempotencyKey === null ? null : Buffer.from(row.idempotencyKey),
    rate_per_second: row.ratePerSecond,
    start_at: row.startAt,
    total: row.total,
    skipped: row.skipped,
    created_at: transaction.raw('UTC_TIMESTAMP(3)'),
  });
  return insertId.parse(inserted)[0];
}

/** What is to be frozen for an operation that is being prepared. */
export interface FreezeOrder {
  filter: MessageFilter;
  /** What its author saw, when they asked for it. */
  scope: Scope;
  upToId: string;
  /** How many the operator was shown. */
  shownCount: number;
  /** That number was told as "at least". */
  shownAtLeast: boolean;
  /** How many are to go at most; null for all. */
  limit: number | null;
  includePossibleDuplicates: boolean;
}

/** Null when there is nothing to freeze any more. */
export async function readFreezeOrder(database: Database, operationId: string): Promise<FreezeOrder | null> {
  const row: unknown = await database('operations').where({ id: operationId, status: 'preparing' }).first('request');
  if (row === undefined) return null;
  const { request } = z.object({ request: z.string() }).parse(row);
  const { filter, deadQueueIds, upToId, shownCount, shownAtLeast, limit, includePossibleDuplicates } =
    keptRequest.parse(JSON.parse(request));
  if (filter === null || upToId === undefined) throw new Error('An operation is being prepared without a selection.');
  return {
    filter,
    scope: deadQueueIds ?? null,
    upToId,
    shownCount: shownCount ?? 0,
    shownAtLeast: shownAtLeast === true,
    limit: limit ?? null,
    includePossibleDuplicates: includePossibleDuplicates === true,
  };
}

/** How far the freeze has come. */
export async function noteFrozen(
  transaction: Transaction,
  operationId: string,
  sums: { total: number; skipped: number },
): Promise<void> {
  await transaction('operations').where('id', operationId).update(sums);
}

/** All items are there. `grew`: more than anybody was shown: then somebody has to say that it may begin. */
export async function endFreeze(
  transaction: Transaction,
  operationId: string,
  grew: { count: number; shown: number } | null,
): Promise<void> {
  const hold: Hold | null = grew === null ? null : { code: 'selectionGrew', params: grew };
  await transaction('operations')
    .where('id', operationId)
    .update({
      status: hold === null ? transaction.raw("IF(start_at IS NULL, 'running', 'scheduled')") : 'paused',
      hold: hold === null ? null : JSON.stringify(hold),
      version: transaction.raw('version + 1'),
    });
}

/** Why an operation is not going on, or has stopped: a code and what belongs to it. */
export interface CodeAndParams<Code extends string> {
  code: Code;
  params: Record<string, string | number>;
}
export type Hold = CodeAndParams<HoldCode>;
export type StopReason = CodeAndParams<StopCode>;

/** An operation whose row is locked until the transaction ends: nobody else moves its items or its state meanwhile. */
export interface LockedOperation {
  id: string;
  status: OperationStatus;
  /** Null while nobody runs it. */
  token: Buffer | null;
  ratePerSecond: number | null;
  finished: boolean;
  cameBack: number;
  hold: HoldCode | null;
  /** Until when it waits behind its first messages; null before they are through. */
  canaryUntil: Date | null;
  /** By the same clock as all times of operations. */
  now: Date;
}

const codeOfHold = z.object({ code: z.enum(HOLD_CODES) });
const holdCode = z
  .string()
  .nullable()
  .transform((json) => (json === null ? null : codeOfHold.parse(JSON.parse(json)).code));

const lockedRow = z
  .object({
    id: idColumn,
    status: z.enum(OPERATION_STATUSES),
    lease_token: z.instanceof(Buffer).nullable(),
    rate_per_second: z.number().int().nullable(),
    finished_at: z.date().nullable(),
    came_back: countColumn,
    hold: holdCode,
    canary_until: z.date().nullable(),
    now: z.date(),
  })
  .transform((row): LockedOperation => ({
    id: row.id,
    status: row.status,
    token: row.lease_token,
    ratePerSecond: row.rate_per_second,
    finished: row.finished_at !== null,
    cameBack: row.came_back,
    hold: row.hold,
    canaryUntil: row.canary_until,
    now: row.now,
  }));

const LOCKED_COLUMNS = [
  'id',
  'status',
  'lease_token',
  'rate_per_second',
  'finished_at',
  'came_back',
  'hold',
  'canary_until',
] as const;

function now(database: Database | Transaction) {
  return database.raw('UTC_TIMESTAMP(3) AS now');
}

/** The first statement of every transaction that moves items. Null when there is no such operation. */
export async function lockOperation(transaction: Transaction, operationId: string): Promise<LockedOperation | null> {
  const row: unknown = await transaction('operations')
    .where('id', operationId)
    .forUpdate()
    .first(...LOCKED_COLUMNS, now(transaction));
  return row === undefined ? null : lockedRow.parse(row);
}

/** The same at the end of one: others may look at it meanwhile, and whoever wants to change it waits for the commit. */
export async function lockOperationShared(
  transaction: Transaction,
  operationId: string,
): Promise<LockedOperation | null> {
  const row: unknown = await transaction('operations')
    .where('id', operationId)
    .forShare()
    .first(...LOCKED_COLUMNS, now(transaction));
  return row === undefined ? null : lockedRow.parse(row);
}

/** The same without a lock: what it says may have changed already. */
export async function peekOperation(database: Database, operationId: string): Promise<LockedOperation | null> {
  const row: unknown = await database('operations')
    .where('id', operationId)
    .first(...LOCKED_COLUMNS, now(database));
  return row === undefined ? null : lockedRow.parse(row);
}

/** Counts items that just ended, in the transaction in which they did. */
export async function addOutcomes(
  transaction: Transaction,
  operationId: string,
  outcomes: readonly Outcome[],
): Promise<void> {
  const sums = OUTCOMES.map((outcome) => ({ outcome, number: outcomes.filter((one) => one === outcome).length }));
  const changes = sums
    .filter(({ number }) => number > 0)
    .map(({ outcome, number }) => [outcome, transaction.raw('?? + ?', [outcome, number])] as const);
  if (changes.length > 0) await transaction('operations').where('id', operationId).update(Object.fromEntries(changes));
}

/** Changes the state of an operation whose row is locked. */
export async function setOperationStatus(
  transaction: Transaction,
  operationId: string,
  status: OperationStatus,
  hold: Hold | null = null,
): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({
      status,
      hold: hold === null ? null : JSON.stringify(hold),
      version: transaction.raw('version + 1'),
    });
}

/** Changes the pace of an operation whose row is locked. */
export async function setRate(
  transaction: Transaction,
  operationId: string,
  ratePerSecond: number | null,
): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({ rate_per_second: ratePerSecond, version: transaction.raw('version + 1') });
}

/** Every item has its outcome: nothing happens to this operation any more. */
export async function endOperation(
  transaction: Transaction,
  operationId: string,
  status: OperationStatus,
): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({
      status,
      hold: null,
      version: transaction.raw('version + 1'),
      finished_at: transaction.raw('UTC_TIMESTAMP(3)'),
      ...NO_LEASE,
    });
}

/** Starts it if its time has come. */
export async function beginScheduled(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operations')
    .where({ id: operationId, status: 'scheduled' })
    .whereRaw('start_at <= UTC_TIMESTAMP(3)')
    .update({ status: 'running', version: transaction.raw('version + 1') });
}

/** Lets a paused operation go on, or wait for its time. */
export async function resumeOperation(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({
      status: transaction.raw("IF(start_at IS NULL OR start_at <= UTC_TIMESTAMP(3), 'running', 'scheduled')"),
      hold: null,
      version: transaction.raw('version + 1'),
    });
}

/** Nothing more of it is sent: its remaining items are skipped by whoever runs it. */
export async function stopOperation(transaction: Transaction, operationId: string, because: StopReason): Promise<void> {
  await setOperationStatus(transaction, operationId, 'stopped');
  await transaction('operations')
    .where('id', operationId)
    .update({ stopped_because: JSON.stringify(because) });
}

/** The first messages of it are through: it waits so long for what comes back of them. */
export async function waitBehindCanary(transaction: Transaction, operationId: string, seconds: number): Promise<void> {
  await transaction('operations')
    .where('id', operationId)
    .update({ canary_until: transaction.raw('UTC_TIMESTAMP(3) + INTERVAL ? SECOND', [seconds]) });
}

/** Any time long past: the wait is over, and it has been decided what comes of it. */
const DECIDED = new Date('2000-01-01T00:00:00Z');

/** The rest may go, now or when somebody says so. */
export async function endCanary(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operations').where('id', operationId).update({ canary_until: DECIDED });
}

export function isCanaryDecided({ canaryUntil }: LockedOperation): boolean {
  return canaryUntil !== null && canaryUntil <= DECIDED;
}

/** The runner has put everything down; another one, or this one later, goes on. */
export async function releaseOperation(transaction: Transaction, operationId: string): Promise<void> {
  await transaction('operations').where('id', operationId).update(NO_LEASE);
}
