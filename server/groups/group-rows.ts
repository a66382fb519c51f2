import { GROUP_STATES, type GroupSort, type GroupState, type GroupView } from '../contract/groups.ts';

import type { FingerprintSums, SeenFingerprint } from './group-facts.ts';
import { stateNow, type StoredGroup } from './group-store.ts';

/** A group as it is now, with its fingerprints that have messages. */
export interface LivingGroup {
  group: StoredGroup;
  /** Seen last first. */
  fingerprints: SeenFingerprint[];
  lastDeathId: bigint;
  state: GroupState;
}

/** What becomes one row of the list. */
export interface Bucket {
  key: string;
  groups: LivingGroup[];
  /** Seen last first. */
  fingerprints: SeenFingerprint[];
  lastDeathId: bigint;
  /** Some of its groups have failures that are not in this row. */
  partial: boolean;
  /** The failing queue that makes the row; null where it is unknown, undefined where queues do not tell rows apart. */
  queueId?: string | null;
}

/** Groups with their fingerprints. Those without messages are left out. Pure. */
export function livingGroups(groups: readonly StoredGroup[], fingerprints: readonly SeenFingerprint[]): LivingGroup[] {
  const byGroup = new Map<string, SeenFingerprint[]>();
  for (const fingerprint of fingerprints) {
    const own = byGroup.get(fingerprint.groupId) ?? [];
    byGroup.set(fingerprint.groupId, own);
    own.push(fingerprint);
  }
  return groups.flatMap((group) => {
    const own = lastFirst(byGroup.get(group.id) ?? []);
    const [last] = own;
    if (last === undefined) return [];
    const { lastDeathId } = last;
    return [{ group, fingerprints: own, lastDeathId, state: stateNow(group, lastDeathId) }];
  });
}

/**
 * A group is called by the failure that it began with. Where that is not among those that are seen, it is called by the one
 * of them that was seen last. Pure.
 */
export function inOwnWords(living: LivingGroup): LivingGroup {
  const { group, fingerprints } = living;
  const [last] = fingerprints;
  const isItsOwn = fingerprints.some(
    ({ errorTypeId, normalisedMessage }) =>
      errorTypeId === group.errorTypeId && normalisedMessage === group.normalisedMessage,
  );
  if (isItsOwn || last === undefined) return living;
  const { errorTypeId, normalisedMessage } = last;
  return { ...living, group: { ...group, errorTypeId, normalisedMessage, title: normalisedMessage ?? '' } };
}

function lastFirst(fingerprints: readonly SeenFingerprint[]): SeenFingerprint[] {
  return [...fingerprints].sort((a, b) => compare(b.lastDeathId, a.lastDeathId));
}

/** The rows of a view. Pure. `queueIds`: only these failing queues make a row, where queues do. */
export function bucketsOf(
  groups: readonly LivingGroup[],
  view: GroupView,
  queueIds: ReadonlySet<string> | null,
): Bucket[] {
  const buckets = new Map<string, Bucket>();
  const errors = new Map<string, string>();
  // In the order of their ids: the first group of an error names it.
  for (const living of [...groups].sort((a, b) => compare(BigInt(a.group.id), BigInt(b.group.id)))) {
    const { group } = living;
    const error = JSON.stringify([group.errorTypeId, group.normalisedMessage, group.title]);
    const errorKey = errors.get(error) ?? `e${group.id}`;
    errors.set(error, errorKey);
    for (const fingerprint of living.fingerprints) {
      const { queueId } = fingerprint;
      if (view !== 'error' && queueIds !== null && (queueId === null || !queueIds.has(queueId))) continue;
      const queueKey = `q${queueId ?? '0'}`;
      const key = view === 'error' ? errorKey : view === 'queue' ? queueKey : errorKey + queueKey;
      const bucket = buckets.get(key) ?? {
        key,
        groups: [],
        fingerprints: [],
        lastDeathId: 0n,
        partial: false,
        ...(view === 'error' ? {} : { queueId }),
      };
      buckets.set(key, bucket);
      if (bucket.groups.at(-1) !== living) bucket.groups.push(living);
      bucket.fingerprints.push(fingerprint);
      if (fingerprint.lastDeathId > bucket.lastDeathId) bucket.lastDeathId = fingerprint.lastDeathId;
    }
  }
  return [...buckets.values()].map((bucket) => ({
    ...bucket,
    groups: [...bucket.groups].sort((a, b) => compare(b.lastDeathId, a.lastDeathId)),
    fingerprints: lastFirst(bucket.fingerprints),
    partial: bucket.groups.reduce((sum, { fingerprints }) => sum + fingerprints.length, 0) > bucket.fingerprints.length,
  }));
}

/** The first of their states, in the order of `GROUP_STATES`. */
export function stateOf({ groups }: Bucket): GroupState {
  return GROUP_STATES.find((state) => groups.some((living) => living.state === state)) ?? 'open';
}

/** What a filter for messages must name to find those of a row, and nothing else; null when it cannot. */
export function filterOf(
  { groups, queueId, partial }: Bucket,
  queueName: string | null,
): { groupId?: string[]; queue?: string[] } | null {
  if (groups.length > MOST_GROUP_IDS) return null;
  const groupId = groups.map(({ group }) => group.id);
  if (!partial) return { groupId };
  return queueId === undefined || queueName === null ? null : { groupId, queue: [queueName] };
}

/** A filter takes so many groups. */
export const MOST_GROUP_IDS = 100;

/** The sums of several by the hour. */
export function hourlyOf(
  fingerprints: readonly SeenFingerprint[],
  hourly: ReadonlyMap<string, number[]>,
  hours: number,
): number[] {
  const sums = new Array<number>(hours).fill(0);
  for (const { id } of fingerprints) {
    for (const [hour, failures] of (hourly.get(id) ?? []).entries()) sums[hour] = (sums[hour] ?? 0) + failures;
  }
  return sums;
}

/** What should be on the desk by the counts, which can be off by what came back after an unknown outcome. */
export function pendingByCounts(
  fingerprints: readonly SeenFingerprint[],
  sums: ReadonlyMap<string, FingerprintSums>,
): number {
  return fingerprints.reduce((sum, { id }) => sum + Math.max(0, sums.get(id)?.pending ?? 0), 0);
}

/** A place in the list: rows stand by this value, those that are equal by their keys. */
export interface Place {
  value: bigint;
  key: string;
}

/** The order of a list. Every sort ends in the key. */
export function inOrder(sort: GroupSort): (a: Place, b: Place) => number {
  const sign = sort.startsWith('-') ? -1 : 1;
  return (a, b) => sign * (compare(a.value, b.value) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
