import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import type { AuditKind } from '../contract/audit.ts';
import type { AuditField } from '../contract/audit-fields.ts';
import {
  group,
  groupChange,
  groupList,
  groupListQuery,
  groupMerge,
  groupSplit,
  type Group,
  type GroupChange,
} from '../contract/schemas/groups.ts';
import { id } from '../contract/schemas/lists.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Principal, type Route, type Scope } from '../web/route.ts';

import { readNames } from './group-facts.ts';
import { describeBuckets, describeFingerprints, listGroups, readLivingGroups } from './group-list.ts';
import { lockGroups, mergeGroups, readGroups, splitGroup, writeGroup, type StoredGroup } from './group-store.ts';
import { readReach } from './groups-in-scope.ts';

const oneGroup = z.strictObject({ id });
const MOST_SNOOZE_MS = 366 * 24 * 3_600_000;

/** Groups of failures that are alike: who looks into them, and what became of it. */
export function groupRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/groups',
      summary: 'What fails, one row an error, a failing queue, or both',
      access: 'desk.read',
      query: groupListQuery,
      responses: { 200: { description: 'A page of groups', schema: groupList } },
      handle: async ({ query, principal }) => ({
        status: 200,
        body: await listGroups(database, query, principal.scope),
      }),
    }),
    route({
      method: 'get',
      path: '/api/groups/:id',
      summary: 'One group with what it is made of. One that was merged answers as the other',
      access: 'desk.read',
      params: oneGroup,
      responses: { 200: { description: 'The group', schema: group } },
      handle: async ({ params, principal }) => ({
        status: 200,
        body: await showGroup(database, params.id, principal.scope),
      }),
    }),
    route({
      method: 'patch',
      path: '/api/groups/:id',
      summary: 'Say who looks into a group, its state, a note, a tracker link',
      access: 'groups.edit',
      params: oneGroup,
      body: groupChange,
      responses: { 200: { description: 'The group', schema: group } },
      handle: async ({ params, body, principal, requestId }) => {
        await changeGroup(database, params.id, body, { principal, requestId });
        return { status: 200, body: await showGroup(database, params.id, principal.scope) };
      },
    }),
    route({
      method: 'post',
      path: '/api/groups/:id/merge',
      summary: 'Take in all failures of other groups. No message is rewritten',
      access: 'groups.edit',
      params: oneGroup,
      body: groupMerge,
      responses: { 200: { description: 'The group that has them all', schema: group } },
      handle: async ({ params, body, principal, requestId }) => {
        if (body.groupIds.includes(params.id)) throw new AppError('group.mergedIntoItself');
        await inTransaction(database, async (transaction) => {
          const locked = await lockGroups(transaction, [params.id, ...body.groupIds]);
          for (const one of locked) await mustLieWithin(transaction, one, principal.scope);
          const into = unmerged(locked, params.id);
          const merged = [...new Set(body.groupIds)].map((groupId) => unmerged(locked, groupId));
          await mergeGroups(transaction, into, merged);
          await record(
            transaction,
            into,
            'group.merged',
            { principal, requestId },
            {
              groupIds: merged.map((one) => one.id),
              ...(body.reason === undefined ? {} : { reason: body.reason }),
            },
          );
        });
        return { status: 200, body: await showGroup(database, params.id, principal.scope) };
      },
    }),
    route({
      method: 'post',
      path: '/api/groups/:id/split',
      summary: 'Give some failures of a group a group of their own. No message is rewritten',
      access: 'groups.edit',
      params: oneGroup,
      body: groupSplit,
      responses: { 201: { description: 'The new group', schema: group } },
      handle: async ({ params, body, principal, requestId }) => {
        const newId = await inTransaction(database, async (transaction) => {
          const locked = await lockGroups(transaction, [params.id]);
          for (const one of locked) await mustLieWithin(transaction, one, principal.scope);
          const from = unmerged(locked, params.id);
          const made = await splitGroup(transaction, from, body.fingerprintIds);
          if (made === 'notIts') throw new AppError('group.notItsFingerprint');
          if (made === 'nothingLeft') throw new AppError('group.nothingLeft');
          await record(
            transaction,
            from,
            'group.split',
            { principal, requestId },
            {
              newGroupId: made.id,
              fingerprintIds: body.fingerprintIds,
              ...(body.reason === undefined ? {} : { reason: body.reason }),
            },
          );
          return made.id;
        });
        return {
          status: 201,
          body: await showGroup(database, newId, principal.scope),
          headers: { Location: `/api/groups/${newId}` },
        };
      },
    }),
  ];
}

/** @throws AppError `group.notFound`, also for a group without messages in scope. */
async function showGroup(database: Database, groupId: string, scope: Scope): Promise<Group> {
  const [stored] = await readGroups(database, [groupId]);
  const [living] =
    stored === undefined ? [] : await readLivingGroups(database, [stored.mergedInto ?? stored.id], scope);
  if (living === undefined) throw new AppError('group.notFound');
  const { group: shown, fingerprints, lastDeathId } = living;
  const [[described], parts, reach, assignable] = await Promise.all([
    describeBuckets(database, [{ key: '', groups: [living], fingerprints, lastDeathId, partial: false }], scope),
    describeFingerprints(database, living, scope),
    readReach(database, shown.id, scope),
    database('users').whereNull('disabled_at').orderBy('username').pluck<string[]>('username'),
  ]);
  if (described === undefined) throw new AppError('group.notFound');
  const { key: _key, groups: _groups, groupIds: _groupIds, ...facts } = described;
  return {
    ...facts,
    id: shown.id,
    version: shown.version,
    fingerprints: parts,
    fingerprintsTotal: fingerprints.length,
    isWhole: reach === 'whole',
    assignable,
  };
}

/** @throws AppError `group.notFound`, `group.merged`. */
function unmerged(groups: readonly StoredGroup[], groupId: string): StoredGroup {
  const found = groups.find((one) => one.id === groupId);
  if (found === undefined) throw new AppError('group.notFound');
  if (found.mergedInto !== null) throw new AppError('group.merged', { params: { into: found.mergedInto } });
  return found;
}

/** @throws AppError `access.outOfScope`; `group.notFound` for one of which nothing is in scope. */
async function mustLieWithin(transaction: Transaction, one: StoredGroup, scope: Scope): Promise<void> {
  const reach = await readReach(transaction, one.mergedInto ?? one.id, scope);
  if (reach === 'none') throw new AppError('group.notFound');
  if (reach === 'part') throw new AppError('access.outOfScope');
}

interface By {
  principal: Principal;
  requestId: string;
}

async function changeGroup(database: Database, groupId: string, change: GroupChange, by: By): Promise<void> {
  const snoozedUntil = change.snoozedUntil === undefined ? undefined : new Date(change.snoozedUntil);
  const ahead = snoozedUntil === undefined ? 1 : +snoozedUntil - Date.now();
  if (ahead <= 0 || ahead > MOST_SNOOZE_MS) throw new AppError('group.snoozeTime');
  await inTransaction(database, async (transaction) => {
    const locked = await lockGroups(transaction, [groupId]);
    for (const one of locked) await mustLieWithin(transaction, one, by.principal.scope);
    const before = unmerged(locked, groupId);
    if (before.version !== change.version) throw new AppError('group.changed');
    await writeGroup(transaction, groupId, {
      ...(change.state === undefined ? {} : { state: change.state }),
      ...(snoozedUntil === undefined ? {} : { snoozedUntil }),
      ...(change.assignee === undefined ? {} : { assigneeId: await assigneeId(transaction, change.assignee) }),
      ...(change.note === undefined ? {} : { note: change.note }),
      ...(change.trackerUrl === undefined ? {} : { trackerUrl: change.trackerUrl }),
    });
    const [after] = await readGroups(transaction, [groupId]);
    await record(transaction, before, 'group.changed', by, {
      before: decided(before),
      after: after === undefined ? null : decided(after),
    });
  });
}

/** What a person decided about it, for the record. */
function decided({ state, snoozedUntil, assignee, note, trackerUrl }: StoredGroup): Record<string, unknown> {
  return { state, snoozedUntil, assignee, note, trackerUrl };
}

async function assigneeId(transaction: Transaction, username: string | null): Promise<string | null> {
  if (username === null) return null;
  const user: unknown = await transaction('users').where({ username }).whereNull('disabled_at').first('id');
  if (user === undefined) throw new AppError('group.assigneeUnknown');
  return z.object({ id: idColumn }).parse(user).id;
}

/** The subject is the error type, or the queue: never the words of an error message. */
async function record<K extends AuditKind & `group.${string}`>(
  transaction: Transaction,
  about: StoredGroup,
  kind: K,
  { principal, requestId }: By,
  details: Readonly<Partial<Record<AuditField<K>, unknown>>>,
): Promise<void> {
  const names =
    about.errorTypeId === null ? new Map<string, string>() : await readNames(transaction, [about.errorTypeId]);
  await recordAuditEvent(transaction, {
    actor: principal,
    kind,
    ...(about.errorTypeId === null ? {} : { subject: names.get(about.errorTypeId) ?? '' }),
    subjectId: about.id,
    details: { id: about.id, ...details },
    requestId,
  });
}
