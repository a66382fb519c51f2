import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { id } from '../contract/schemas/lists.ts';
import {
  newSavedView,
  savedView,
  savedViewChange,
  savedViewList,
  type SavedView,
} from '../contract/schemas/saved-views.ts';
import { recordChanges } from '../database/changes.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { mustBeAllowed, route, type Principal, type Route } from '../web/route.ts';

import {
  countSavedViews,
  deleteSavedView,
  insertSavedView,
  listSavedViews,
  MOST_VIEWS,
  readSavedView,
  updateSavedView,
} from './saved-view-store.ts';
import { viewsInScope } from './views-in-scope.ts';

/**
 * Views of the list of messages. Everybody keeps views of their own; who may act may share them. A shared view is
 * changed by its owner or an administrator, and that is on record: others work by it.
 */
export function savedViewRoutes(database: Database): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/saved-views',
      summary: 'Your views of the list of messages, and the shared ones, by name',
      access: 'desk.read',
      responses: { 200: { description: 'All of them in one page.', schema: savedViewList } },
      handle: async ({ principal }) => {
        const all = await listSavedViews(database, principal.userId);
        const data = await viewsInScope(database, all, principal.scope);
        const pageInfo = { hasNextPage: false, hasPreviousPage: false };
        return { status: 200, body: { data, pageInfo, total: data.length, totalAtLeast: data.length } };
      },
    }),
    route({
      method: 'post',
      path: '/api/saved-views',
      summary: 'Keep a view under a name',
      access: 'desk.read',
      body: newSavedView,
      responses: { 201: { description: 'The view.', schema: savedView } },
      handle: async ({ body, principal, requestId }) => {
        if (body.isShared) mustBeAllowed(principal, 'views.share');
        const made = await inTransaction(database, async (transaction) => {
          if ((await countSavedViews(transaction, principal.userId)) >= MOST_VIEWS)
            throw new AppError('savedView.tooMany', { params: { most: MOST_VIEWS } });
          const newId = await insertSavedView(transaction, body, principal.userId);
          if (newId === null) throw new AppError('savedView.exists');
          const view = await existing(transaction, newId, principal);
          await record(transaction, 'savedView.shared', view, {
            isOnRecord: view.isShared,
            actor: principal,
            requestId,
          });
          return view;
        });
        return { status: 201, body: made };
      },
    }),
    route({
      method: 'patch',
      path: '/api/saved-views/:id',
      summary: 'Rename a view, share it or take it back, or set it to other filters',
      access: 'desk.read',
      params: z.strictObject({ id }),
      body: savedViewChange,
      responses: { 200: { description: 'The view.', schema: savedView } },
      handle: async ({ params, body, principal, requestId }) => {
        const changed = await inTransaction(database, async (transaction) => {
          const before = await own(transaction, params.id, principal);
          if (body.isShared === true && !before.isShared) mustBeAllowed(principal, 'views.share');
          const done = await updateSavedView(transaction, params.id, body);
          if (done === 'duplicate') throw new AppError('savedView.exists');
          if (done === 'stale') throw new AppError('savedView.changed');
          const after = await existing(transaction, params.id, principal, before);
          const kind = before.isShared ? 'savedView.changed' : 'savedView.shared';
          const isOnRecord = before.isShared || after.isShared;
          await record(transaction, kind, after, { isOnRecord, actor: principal, requestId, before });
          return after;
        });
        return { status: 200, body: changed };
      },
    }),
    route({
      method: 'delete',
      path: '/api/saved-views/:id',
      summary: 'Remove a view',
      access: 'desk.read',
      params: z.strictObject({ id }),
      responses: { 204: { description: 'Removed.' } },
      handle: async ({ params, principal, requestId }) => {
        await inTransaction(database, async (transaction) => {
          const view = await own(transaction, params.id, principal);
          await deleteSavedView(transaction, params.id);
          await record(transaction, 'savedView.removed', view, {
            isOnRecord: view.isShared,
            actor: principal,
            requestId,
          });
        });
        return { status: 204 };
      },
    }),
  ];
}

/** @throws AppError `savedView.notFound`: also for what is somebody else's own, and for what names something out of scope. */
async function existing(
  transaction: Transaction,
  viewId: string,
  { userId, scope }: Principal,
  before?: SavedView,
): Promise<SavedView> {
  const found = await readSavedView(transaction, viewId, userId);
  const [view = null] = found === null ? [] : await viewsInScope(transaction, [found], scope);
  // Taken back by an administrator, it is its owner's alone from now on.
  if (view === null && before !== undefined) return { ...before, isShared: false, version: before.version + 1 };
  if (view === null) throw new AppError('savedView.notFound');
  return view;
}

async function own(transaction: Transaction, viewId: string, principal: Principal): Promise<SavedView> {
  const view = await existing(transaction, viewId, principal);
  if (!view.isMine) mustBeAllowed(principal, 'views.editAll');
  return view;
}

interface Recorded {
  /** It is, or was, everybody's. */
  isOnRecord: boolean;
  actor: Principal;
  requestId: string;
  before?: SavedView;
}

/** A view of somebody's own is nobody's business; that it changed is told all the same, for their other windows. */
async function record(
  transaction: Transaction,
  kind: 'savedView.shared' | 'savedView.changed' | 'savedView.removed',
  { id: viewId, name, address, isShared }: SavedView,
  { isOnRecord, actor, requestId, before }: Recorded,
): Promise<void> {
  if (!isOnRecord) {
    await recordChanges(transaction, [{ kind: 'savedViews', subjectId: viewId }]);
    return;
  }
  await recordAuditEvent(transaction, {
    actor,
    kind,
    subject: name,
    subjectId: viewId,
    details: {
      address,
      shared: isShared,
      ...(before === undefined
        ? {}
        : { before: { name: before.name, address: before.address, shared: before.isShared } }),
    },
    requestId,
  });
}
