import { z } from 'zod';

import type { GroupSort } from '../contract/groups.ts';
import type { GroupFingerprint, GroupListQuery, GroupRow } from '../contract/schemas/groups.ts';
import type { List } from '../contract/schemas/lists.ts';
import type { Database } from '../database/connect.ts';
import { databaseNow } from '../database/database-now.ts';
import { idColumn } from '../database/columns.ts';
import { likePatterns } from '../messages/message-filter.ts';
import type { Scope } from '../web/route.ts';
import { decodeCursor, encodeCursor, listAnswer, pagingOf, type Paging } from '../web/list-query.ts';

import {
  HOURS,
  lookAtLatest,
  readArrivals,
  readDeadQueueNames,
  readFirstDeathAfter,
  readHourly,
  readNames,
  readSeenFingerprints,
  readSums,
  SHOWN_HOURS,
  type Look,
} from './group-facts.ts';
import {
  bucketsOf,
  filterOf,
  hourlyOf,
  inOrder,
  inOwnWords,
  livingGroups,
  MOST_GROUP_IDS,
  pendingByCounts,
  stateOf,
  type Bucket,
  type LivingGroup,
  type Place,
} from './group-rows.ts';
import { readGroups, type GroupIds } from './group-store.ts';
import { fingerprintBeyondScope, fingerprintInScope } from './groups-in-scope.ts';
import { growthOf } from './growth.ts';

const HOUR_MS = 3_600_000;
/** Names of queues shown in one row. */
const SHOWN_QUEUES = 10;
const SHOWN_FINGERPRINTS = 200;

/**
 * The groups that have messages in scope, as rows of the view asked for: those seen last come first, unless asked otherwise. All
 * groups are put in order (thousands, not millions: three index probes each); what takes longer is read for the page.
 *
 * @throws AppError `page.tooDeep`, `cursor.invalid`, `request.malformed`.
 */
export async function listGroups(database: Database, query: GroupListQuery, scope: Scope): Promise<List<GroupRow>> {
  const paging = pagingOf(query);
  const view = query.by ?? 'error';
  const sort = query.sort ?? '-lastSeenAt';
  const queueIds =
    query.queue === undefined
      ? null
      : await database('names')
          .whereIn(
            'value',
            query.queue.map((name) => Buffer.from(name)),
          )
          .pluck<string[]>('id');
  const groups = await readLivingGroups(database, matching(database, query, queueIds, scope), scope);
  const wanted = groups.filter(({ state }) => query.state?.includes(state) ?? true);
  const buckets = bucketsOf(wanted, view, queueIds === null ? null : new Set(queueIds));
  const placed = await placeBuckets(database, buckets, sort, scope);
  const page = pageOf(placed, paging, sort);
  const rows = await describeBuckets(
    database,
    page.map(({ bucket }) => bucket),
    scope,
  );
  const places = new Map(page.map((place) => [place.key, place]));
  return listAnswer({
    rows,
    paging,
    toItem: (row) => row,
    cursorOf: ({ key }) => encodeCursor([String(places.get(key)?.value ?? 0n), key]),
    counted: buckets.length,
  });
}

/** A query for the ids of groups. What of a group lies outside the scope does not make it match. */
function matching(
  database: Database,
  query: GroupListQuery,
  queueIds: readonly string[] | null,
  scope: Scope,
): GroupIds {
  const within = fingerprintInScope('own.id', scope);
  const beyond = fingerprintBeyondScope('own.id', scope);
  const matched = database('failure_groups AS candidate').whereNull('candidate.merged_into').select('candidate.id');
  const fingerprints = () =>
    database('fingerprints AS own').whereRaw('own.group_id = candidate.id').select(database.raw('1'));
  const seen = () => fingerprints().whereRaw(within.sql, within.bindings);
  if (queueIds !== null) void matched.whereExists(seen().whereIn('own.queue_id', queueIds));
  if (query.assignee !== undefined) {
    void matched.whereIn('candidate.assignee_id', database('users').whereIn('username', query.assignee).select('id'));
  }
  for (const pattern of query.text === undefined ? [] : likePatterns(query.text)) {
    const alike = (column: string) => database.raw(`${column} LIKE ? COLLATE utf8mb4_general_ci`, [pattern]);
    void matched.where((either) => {
      void either.orWhereExists(seen().where(alike('own.normalised_message'))).orWhere((titled) => {
        void titled.where(alike('candidate.title'));
        // The title of a group that others are part of may be theirs.
        if (scope !== null) void titled.whereNotExists(fingerprints().whereRaw(beyond.sql, beyond.bindings));
      });
    });
  }
  return matched;
}

/** These groups, those without messages in scope left out. */
export async function readLivingGroups(database: Database, ids: GroupIds, scope: Scope): Promise<LivingGroup[]> {
  const [groups, fingerprints] = await Promise.all([
    readGroups(database, ids),
    readSeenFingerprints(database, ids, scope),
  ]);
  const living = livingGroups(groups, fingerprints);
  return scope === null ? living : living.map(inOwnWords);
}

type Placed = Place & { bucket: Bucket };

async function placeBuckets(
  database: Database,
  buckets: readonly Bucket[],
  sort: GroupSort,
  scope: Scope,
): Promise<Placed[]> {
  const valueOf = await sortValues(database, sort, scope);
  return buckets.map((bucket) => ({ bucket, key: bucket.key, value: valueOf(bucket) })).sort(inOrder(sort));
}

async function sortValues(database: Database, sort: GroupSort, scope: Scope): Promise<(bucket: Bucket) => bigint> {
  if (sort.endsWith('pending')) {
    const sums = await readSums(database, null, scope);
    return ({ fingerprints }) => BigInt(pendingByCounts(fingerprints, sums));
  }
  if (sort.endsWith('growth')) {
    const [hourly, ofThisHour] = await Promise.all([readHourly(database, null, scope), readOfThisHour(database)]);
    return ({ fingerprints }) => BigInt(growthOf(hourlyOf(fingerprints, hourly, HOURS), ofThisHour));
  }
  return ({ lastDeathId }) => lastDeathId;
}

/** How much of the hour that runs is over, 0 to 1. */
async function readOfThisHour(database: Database): Promise<number> {
  return ((await databaseNow(database)).getTime() % HOUR_MS) / HOUR_MS;
}

const cursorShape = z.tuple([z.string().regex(/^-?\d{1,20}$/), z.string().regex(/^[eq0-9]{2,48}$/)]);

/** The rows of a page and one more, if there is one; nearest first when read backwards, as `listAnswer` takes them. */
function pageOf(placed: readonly Placed[], { limit, offset, after, before }: Paging, sort: GroupSort): Placed[] {
  const order = inOrder(sort);
  const edgeOf = (cursor: string): Place => {
    const [value, key] = decodeCursor(cursor, cursorShape);
    return { value: BigInt(value), key };
  };
  if (before !== undefined) {
    const edge = edgeOf(before);
    return placed
      .filter((place) => order(place, edge) < 0)
      .reverse()
      .slice(0, limit + 1);
  }
  const edge = after === undefined ? null : edgeOf(after);
  const behind = edge === null ? placed : placed.filter((place) => order(place, edge) > 0);
  return behind.slice(offset, offset + limit + 1);
}

/** These rows with everything that is shown of them. */
export async function describeBuckets(
  database: Database,
  buckets: readonly Bucket[],
  scope: Scope,
): Promise<GroupRow[]> {
  if (buckets.length === 0) return [];
  const fingerprintIds = buckets.flatMap(({ fingerprints }) => fingerprints.map(({ id }) => id));
  const regressions = await readRegressions(database, buckets, scope);
  const [ofThisHour, sums, hourly, looks, arrivals, names] = await Promise.all([
    readOfThisHour(database),
    readSums(database, fingerprintIds, scope),
    readHourly(database, fingerprintIds, scope),
    lookAtLatest(
      database,
      buckets.map(({ fingerprints }) => fingerprints.map(({ id }) => id)),
      scope,
    ),
    readArrivals(database, [...buckets.map(({ lastDeathId }) => lastDeathId), ...regressions.values()]),
    readNames(
      database,
      buckets.flatMap(({ groups, fingerprints }) => [
        ...groups.flatMap(({ group }) => group.errorTypeId ?? []),
        ...fingerprints.flatMap(({ queueId }) => queueId ?? []),
      ]),
    ),
  ]);
  const deadQueues = await readDeadQueueNames(
    database,
    [...sums.values()].flatMap(({ deadQueueIds }) => [...deadQueueIds]),
  );
  return buckets.map((bucket, index) => {
    const { groups, fingerprints } = bucket;
    const only = groups.length === 1 ? groups[0] : undefined;
    const byHour = hourlyOf(fingerprints, hourly, HOURS);
    const shown = byHour.slice(-SHOWN_HOURS);
    const look = looks[index];
    const regressed = only === undefined ? undefined : regressions.get(only.group.id);
    const lastSeenAt = arrivals.get(bucket.lastDeathId) ?? groups[0]?.group.firstSeenAt ?? '';
    return {
      key: bucket.key,
      id: only?.group.id ?? null,
      groups: groups.length,
      groupIds: groups.slice(0, MOST_GROUP_IDS).map(({ group }) => group.id),
      filter: filterOf(bucket, names.get(bucket.queueId ?? '') ?? null),
      errorType: same(groups.map(({ group }) => names.get(group.errorTypeId ?? '') ?? null)),
      normalisedMessage: same(groups.map(({ group }) => group.normalisedMessage)),
      queues: named(
        fingerprints.flatMap(({ queueId }) => queueId ?? []),
        names,
      ),
      deadQueues: named(
        fingerprints.flatMap(({ id }) => [...(sums.get(id)?.deadQueueIds ?? [])]),
        deadQueues,
      ),
      pending: pendingOf(look, pendingByCounts(fingerprints, sums)),
      failures24h: shown.reduce((sum, failures) => sum + failures, 0),
      hourly: shown,
      growth: growthOf(byHour, ofThisHour),
      firstSeenAt: groups.map(({ group }) => group.firstSeenAt).sort()[0] ?? lastSeenAt,
      lastSeenAt,
      resent: fingerprints.reduce((sum, { id }) => sum + (sums.get(id)?.resent ?? 0), 0),
      cameBack: fingerprints.reduce((sum, { id }) => sum + (sums.get(id)?.cameBack ?? 0), 0),
      orders: look?.orders ?? { count: 0, atLeast: false },
      state: stateOf(bucket),
      snoozedUntil: only?.state === 'snoozed' ? only.group.snoozedUntil : null,
      resolvedAt: only?.group.resolvedAt ?? null,
      regressedAt: regressed === undefined ? null : (arrivals.get(regressed) ?? null),
      assignee: same(groups.map(({ group }) => group.assignee)),
      note: only?.group.note ?? null,
      trackerUrl: only?.group.trackerUrl ?? null,
      version: only?.group.version ?? null,
    };
  });
}

/** Those that the look saw are the truth; beyond them the counts tell. */
function pendingOf(look: Look | undefined, byCounts: number): number {
  if (look === undefined) return byCounts;
  return look.whole ? look.pending : Math.max(look.pending, byCounts);
}

/** What all of them have, or null. */
function same<T>(values: readonly (T | null)[]): T | null {
  const [first, ...others] = new Set(values);
  return first === undefined || others.length > 0 ? null : first;
}

function named(ids: readonly string[], names: ReadonlyMap<string, string>): string[] {
  return [...new Set(ids)].flatMap((id) => names.get(id) ?? []).slice(0, SHOWN_QUEUES);
}

/** The first death since it was called resolved, by group; of rows with one regressed group. */
async function readRegressions(
  database: Database,
  buckets: readonly Bucket[],
  scope: Scope,
): Promise<Map<string, bigint>> {
  const regressed = buckets
    .flatMap(({ groups }) => (groups.length === 1 ? groups : []))
    .filter(({ state }) => state === 'regressed');
  const found = await Promise.all(
    regressed.map(async ({ group, fingerprints }): Promise<[string, bigint] | null> => {
      const since = group.resolvedAfter ?? 0n;
      const fresh = fingerprints.filter(({ lastDeathId }) => lastDeathId > since).map(({ id }) => id);
      const first = await readFirstDeathAfter(database, fresh, since, scope);
      return first === null ? null : [group.id, first];
    }),
  );
  return new Map(found.filter((entry) => entry !== null));
}

const fingerprintRow = z.object({
  id: idColumn,
  error_type_id: idColumn.nullable(),
  normalised_message: z.string().nullable(),
  frame: z.string().nullable(),
});

/** What a group is made of, seen last first, as many as are shown. */
export async function describeFingerprints(
  database: Database,
  { fingerprints }: LivingGroup,
  scope: Scope,
): Promise<GroupFingerprint[]> {
  const shown = fingerprints.slice(0, SHOWN_FINGERPRINTS);
  const ids = shown.map(({ id }) => id);
  const rows: unknown[] = await database('fingerprints')
    .whereIn('id', ids)
    .select('id', 'error_type_id', 'normalised_message', 'frame');
  const parts = new Map(
    z
      .array(fingerprintRow)
      .parse(rows)
      .map((row) => [row.id, row]),
  );
  const [looks, sums, arrivals, names] = await Promise.all([
    lookAtLatest(
      database,
      ids.map((id) => [id]),
      scope,
    ),
    readSums(database, ids, scope),
    readArrivals(
      database,
      shown.map(({ lastDeathId }) => lastDeathId),
    ),
    readNames(database, [
      ...shown.flatMap(({ queueId }) => queueId ?? []),
      ...[...parts.values()].flatMap(({ error_type_id }) => error_type_id ?? []),
    ]),
  ]);
  return shown.map((fingerprint, index) => {
    const part = parts.get(fingerprint.id);
    return {
      id: fingerprint.id,
      queue: names.get(fingerprint.queueId ?? '') ?? null,
      errorType: names.get(part?.error_type_id ?? '') ?? null,
      normalisedMessage: part?.normalised_message ?? null,
      frame: part?.frame ?? null,
      pending: pendingOf(looks[index], pendingByCounts([fingerprint], sums)),
      lastSeenAt: arrivals.get(fingerprint.lastDeathId) ?? null,
    };
  });
}
