import { createHash } from 'node:crypto';

import { MESSAGE_STATUSES, SHELF_OF, type MessageStatus, type Shelf } from '../contract/messages.ts';
import type { MessageFilter } from '../contract/schemas/messages.ts';
import { seenOperations } from '../access/within-scope.ts';
import type { Database } from '../database/connect.ts';
import { normaliseErrorMessage } from '../diagnosis/error-message.ts';
import { businessKeyTail } from '../orders/business-keys.ts';
import type { Scope } from '../web/route.ts';

/** Columns of `failed_messages` that have an index behind `shelf`; the best one given leads the search. */
export const INDEXED_COLUMNS = ['fingerprint_id', 'queue_id', 'dead_queue_id', 'error_type_id', 'exchange_id'] as const;
export type IndexedColumn = (typeof INDEXED_COLUMNS)[number];

/** One condition in SQL, on the alias `message`. */
export interface Condition {
  sql: string;
  bindings: (string | number | Buffer | Date)[];
}

/** A way to few messages by something else than an index of `failed_messages`. */
export interface Lookup extends Condition {
  /**
   * The same for those who need every one of them, in pages: FROM and WHERE, with `failed_messages AS message` in it, each
   * in the order of `orderBy` along an index.
   */
  ranges: Condition[];
  orderBy: string;
  /** Whether one row of `message` is among them. */
  check: Condition;
}

/** A filter with its names and times looked up: what can lead a search, and what is checked on each row. */
export interface ResolvedFilter {
  /** What the statuses leave: which shelves to read, and whether the status still has to be checked. */
  shelves: Shelf[];
  statuses: MessageStatus[];
  /** Values by indexed column, each an id. An empty list matches nothing. */
  indexed: Partial<Record<IndexedColumn, string[]>>;
  /** Selective look-ups: SELECTs that give message ids, each on its own index and bounded. */
  lookups: Lookup[];
  /** Checked while walking along the index: they narrow where the walk starts and ends. */
  bounds: Condition[];
  /** Everything else: checked on each of a bounded number of rows. */
  checks: Condition[];
}

/** A look-up gives this many messages at most; an order has a handful. */
const LOOKUP_LIMIT = 20_000;
/** More groups than this match a text search only coarsely; the best known ones are taken. */
const MAX_FINGERPRINTS = 1000;
/** Ids follow time to within a few batches; a bound by id is widened by this many, and the time itself is checked. */
const ID_SLACK = 5000;

/**
 * Looks up what a filter names. Names that were never seen give an empty list, which matches nothing.
 *
 * @param filter as in the contract; `status` absent means all but deleted.
 * @param scope of who asks: no filter finds anything outside. Null for the office itself.
 */
export async function resolveFilter(database: Database, filter: MessageFilter, scope: Scope): Promise<ResolvedFilter> {
  const statuses = filter.status ?? MESSAGE_STATUSES.filter((status) => status !== 'deleted');
  const resolved: ResolvedFilter = {
    shelves: [...new Set(statuses.map((status) => SHELF_OF[status]))],
    statuses,
    indexed: {},
    lookups: [],
    bounds: [],
    checks: [],
  };
  await Promise.all([
    addNames(database, filter, resolved),
    addDeadQueues(database, filter, resolved),
    addFingerprints(database, filter, resolved),
    addTimes(database, filter, resolved),
    addKeys(database, filter, resolved),
    addOperationScope(database, filter, scope, resolved),
  ]);
  // A scope is a filter by dead queue more, which leads a search as any other does.
  const seen = intersected(resolved.indexed.dead_queue_id, scope);
  if (seen !== undefined) resolved.indexed.dead_queue_id = seen;
  addLookups(filter, resolved);
  addChecks(filter, resolved);
  return resolved;
}

/** Those of the wanted that are seen; all that are seen where nothing is wanted. */
function intersected(wanted: string[] | undefined, scope: Scope): string[] | undefined {
  if (scope === null) return wanted;
  return wanted === undefined ? [...scope] : wanted.filter((id) => scope.includes(id));
}

async function addNames(database: Database, filter: MessageFilter, resolved: ResolvedFilter): Promise<void> {
  for (const [column, names] of [
    ['queue_id', filter.queue],
    ['exchange_id', filter.exchange],
    ['error_type_id', filter.errorType],
  ] as const) {
    if (names !== undefined) resolved.indexed[column] = await nameIds(database, names);
  }
}

async function nameIds(database: Database, names: readonly string[]): Promise<string[]> {
  return await database('names')
    .whereIn(
      'value',
      names.map((name) => Buffer.from(name)),
    )
    .pluck<string[]>('id');
}

async function addDeadQueues(database: Database, filter: MessageFilter, resolved: ResolvedFilter): Promise<void> {
  if (filter.broker !== undefined) {
    const ids = await database('brokers')
      .whereIn(
        'name',
        filter.broker.map((name) => Buffer.from(name)),
      )
      .pluck<string[]>('id');
    resolved.checks.push(oneOf('message.broker_id', ids));
  }
  if (filter.deadQueue !== undefined) {
    resolved.indexed.dead_queue_id = await database('dead_queues')
      .whereIn(
        'name',
        filter.deadQueue.map((name) => Buffer.from(name)),
      )
      .pluck<string[]>('id');
  }
}

async function addFingerprints(database: Database, filter: MessageFilter, resolved: ResolvedFilter): Promise<void> {
  if (filter.groupId === undefined && filter.text === undefined) return;
  const query = database('fingerprints').orderBy('id', 'desc').limit(MAX_FINGERPRINTS);
  if (filter.groupId !== undefined) void query.whereIn('group_id', filter.groupId);
  for (const pattern of filter.text === undefined ? [] : likePatterns(filter.text)) {
    void query.whereRaw('normalised_message LIKE ? COLLATE utf8mb4_general_ci', [pattern]);
  }
  resolved.indexed.fingerprint_id = await query.pluck<string[]>('id');
}

/**
 * What the words of a search look like in normalised messages, for LIKE. They are normalised alike: `3000` became `#` in
 * both.
 */
export function likePatterns(text: string): string[] {
  const words = normaliseErrorMessage(text).split(/\s+/);
  return words.filter((word) => word !== '').map((word) => `%${escapeLike(word)}%`);
}

function escapeLike(word: string): string {
  return word.replace(/[\\%_]/g, (character) => `\\${character}`);
}

async function addTimes(database: Database, filter: MessageFilter, resolved: ResolvedFilter): Promise<void> {
  const asDate = (text: string | undefined) => (text === undefined ? undefined : new Date(text));
  const deathAt = async (time: Date) => {
    // ORDER BY … LIMIT 1 reads one index entry where MIN(id) over the range reads them all.
    const row: unknown = await database('deaths').where('arrived_at', '>=', time).orderBy('arrived_at').first('id');
    return (row as { id: string } | undefined)?.id;
  };
  for (const [idColumn, timeColumn, after, before] of [
    ['message.last_death_id', 'message.failed_at', asDate(filter.failedAfter), asDate(filter.failedBefore)],
    ['message.id', 'message.captured_at', asDate(filter.capturedAfter), asDate(filter.capturedBefore)],
  ] as const) {
    // Half-open: from `after` on, and before `before`.
    if (after !== undefined) {
      const id = await deathAt(after);
      if (id === undefined) resolved.bounds.push({ sql: 'FALSE', bindings: [] });
      else
        resolved.bounds.push({
          sql: `${idColumn} >= ?`,
          bindings: [String(atLeastZero(BigInt(id) - BigInt(ID_SLACK)))],
        });
      resolved.bounds.push({ sql: `${timeColumn} >= ?`, bindings: [after] });
    }
    if (before !== undefined) {
      const id = await deathAt(before);
      if (id !== undefined)
        resolved.bounds.push({ sql: `${idColumn} < ?`, bindings: [String(BigInt(id) + BigInt(ID_SLACK))] });
      resolved.bounds.push({ sql: `${timeColumn} < ?`, bindings: [before] });
    }
  }
}

function atLeastZero(value: bigint): bigint {
  return value < 0n ? 0n : value;
}

async function addKeys(database: Database, filter: MessageFilter, resolved: ResolvedFilter): Promise<void> {
  const wanted = new Map<string, string[]>();
  if (filter.orderId !== undefined) wanted.set('orderId', filter.orderId);
  for (const pair of filter.key ?? []) {
    const colon = pair.indexOf(':');
    const name = pair.slice(0, colon);
    wanted.set(name, [...(wanted.get(name) ?? []), pair.slice(colon + 1)]);
  }
  for (const [name, values] of wanted) {
    const [nameId] = await nameIds(database, [name]);
    resolved.lookups.push(keyLookup(nameId ?? '0', values));
  }
}

/** Which messages an operation had that somebody does not see is not told by their own messages either. */
async function addOperationScope(
  database: Database,
  { operationId }: MessageFilter,
  scope: Scope,
  resolved: ResolvedFilter,
): Promise<void> {
  if (operationId === undefined) return;
  const seen = await seenOperations(database, [operationId], scope);
  if (seen?.has(operationId) === false) resolved.checks.push({ sql: 'FALSE', bindings: [] });
}

/** A value is found with or without its prefix: `ORD-20261122-000123` and `20261122-000123` find each other. */
function keyLookup(nameId: string, values: readonly string[]): Lookup {
  const whole = values.map((value) => Buffer.from(value));
  const alike = [...whole, ...values.map((value) => Buffer.from(businessKeyTail(value)))];
  return {
    sql: `(SELECT message_id FROM business_keys WHERE name_id = ? AND value IN (${marks(alike)}) LIMIT ${LOOKUP_LIMIT})
          UNION (SELECT message_id FROM business_keys WHERE name_id = ? AND tail IN (${marks(whole)}) LIMIT ${LOOKUP_LIMIT})`,
    bindings: [nameId, ...alike, nameId, ...whole],
    // One range a value: each is in the order of message ids.
    ranges: [
      ...alike.map((value) => ({ sql: keyRange('value'), bindings: [nameId, value] })),
      ...whole.map((value) => ({ sql: keyRange('tail'), bindings: [nameId, value] })),
    ],
    orderBy: 'looked_up.message_id',
    check: {
      sql: `EXISTS (SELECT 1 FROM business_keys AS own WHERE own.message_id = message.id AND own.name_id = ?
            AND (own.value IN (${marks(alike)}) OR own.tail IN (${marks(whole)})))`,
      bindings: [nameId, ...alike, ...whole],
    },
  };
}

function keyRange(column: 'value' | 'tail'): string {
  return `FROM business_keys AS looked_up JOIN failed_messages AS message ON message.id = looked_up.message_id
          WHERE looked_up.name_id = ? AND looked_up.${column} = ?`;
}

/** A look-up in `failed_messages` itself. */
function ownLookup(where: string, bindings: Condition['bindings']): Lookup {
  return {
    sql: `SELECT message.id AS message_id FROM failed_messages AS message WHERE ${where} LIMIT ${LOOKUP_LIMIT}`,
    bindings,
    ranges: [{ sql: `FROM failed_messages AS message WHERE ${where}`, bindings }],
    orderBy: 'message.id',
    check: { sql: `message.id IN (SELECT message.id FROM failed_messages AS message WHERE ${where})`, bindings },
  };
}

function addLookups(filter: MessageFilter, resolved: ResolvedFilter): void {
  if (filter.id !== undefined) {
    resolved.lookups.push(ownLookup(`message.id IN (${marks(filter.id)})`, filter.id));
  }
  if (filter.messageId !== undefined) {
    const hashes = filter.messageId.map(messageIdHash);
    const months = `SELECT DISTINCT month FROM failed_messages`;
    resolved.lookups.push(
      // The index begins with the month, so that it grows at its end; there are few months, found by skipping.
      ownLookup(
        `message.month IN (${months}) AND message.message_id_hash IN (${marks(hashes)}) AND message.message_id IN (${marks(hashes)})`,
        [...hashes, ...filter.messageId.map((value) => Buffer.from(value))],
      ),
    );
  }
  if (filter.operationId !== undefined) {
    const outcomes = filter.outcome ?? [];
    const { operationId } = filter;
    const ofOutcome = outcomes.length > 0 ? `AND looked_up.outcome IN (${marks(outcomes)})` : '';
    const join =
      'FROM operation_items AS looked_up JOIN failed_messages AS message ON message.id = looked_up.message_id';
    resolved.lookups.push({
      sql: `SELECT message_id FROM operation_items AS looked_up WHERE operation_id = ? ${ofOutcome}
            ORDER BY message_id DESC LIMIT ${LOOKUP_LIMIT}`,
      bindings: [operationId, ...outcomes],
      ranges:
        outcomes.length === 0
          ? [{ sql: `${join} WHERE looked_up.operation_id = ?`, bindings: [operationId] }]
          : outcomes.map((outcome) => ({
              sql: `${join} WHERE looked_up.operation_id = ? AND looked_up.outcome = ?`,
              bindings: [operationId, outcome],
            })),
      orderBy: 'looked_up.message_id',
      check: {
        sql: `EXISTS (SELECT 1 FROM operation_items AS looked_up
              WHERE looked_up.operation_id = ? AND looked_up.message_id = message.id ${ofOutcome})`,
        bindings: [operationId, ...outcomes],
      },
    });
  }
}

function addChecks(filter: MessageFilter, resolved: ResolvedFilter): void {
  const { checks } = resolved;
  if (filter.routingKey !== undefined)
    checks.push(
      oneOf(
        'message.routing_key',
        filter.routingKey.map((value) => Buffer.from(value)),
      ),
    );
  if (filter.reason !== undefined) checks.push(oneOf('message.reason', filter.reason));
  if (filter.framework !== undefined) checks.push(oneOf('message.framework', filter.framework));
  if (filter.correlationId !== undefined) {
    checks.push(
      oneOf(
        'message.correlation_id',
        filter.correlationId.map((value) => Buffer.from(value)),
      ),
    );
  }
  if (filter.minFailureCount !== undefined)
    checks.push({ sql: 'message.failure_count >= ?', bindings: [filter.minFailureCount] });
  if (filter.possibleDuplicate !== undefined) {
    checks.push({
      sql: `message.possible_duplicate_of IS ${filter.possibleDuplicate ? 'NOT NULL' : 'NULL'}`,
      bindings: [],
    });
  }
}

/** `column IN (…)`, or nothing at all for no values. */
export function oneOf(column: string, values: readonly (string | Buffer)[]): Condition {
  if (values.length === 0) return { sql: 'FALSE', bindings: [] };
  return { sql: `${column} IN (${marks(values)})`, bindings: [...values] };
}

function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

/** What `failed_messages.message_id_hash` holds: 8 bytes of SHA-256. */
export function messageIdHash(messageId: string): Buffer {
  return createHash('sha256').update(messageId).digest().subarray(0, 8);
}
