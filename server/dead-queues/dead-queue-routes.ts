import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import {
  deadQueue,
  deadQueueChange,
  deadQueueList,
  deadQueueListQuery,
  newDeadQueue,
  queuePreflight,
  queuePreflightQuery,
  type DeadQueue,
  type DeadQueueChange,
  type QueuePreflight,
} from '../contract/schemas/dead-queues.ts';
import { id } from '../contract/schemas/lists.ts';
import type { QueueFacts as AskedQueue } from '../amqp/topology.ts';
import type { Database } from '../database/connect.ts';
import { AppError } from '../web/app-error.ts';
import { decodeCursor, encodeCursor, listAnswer, pagingOf, type Paging } from '../web/list-query.ts';
import { route, type Principal, type Route, type Scope } from '../web/route.ts';

import { describeDeadQueues } from './dead-queue-list.ts';
import {
  addDeadQueue,
  changeDeadQueue,
  ensureBroker,
  readDeadQueue,
  readDeadQueues,
  removeDeadQueue,
  type BrokerAddress,
  type DeadQueueRow,
} from './dead-queue-store.ts';
import type { QueueFacts } from './queue-facts.ts';

const oneQueue = z.strictObject({ id });

/** The registry of dead queues. The watchers of every instance follow its rows within two seconds. */
export function deadQueueRoutes({
  database,
  broker,
  facts,
  askQueue,
}: {
  database: Database;
  broker: BrokerAddress;
  facts: QueueFacts;
  askQueue: (name: string) => Promise<AskedQueue>;
}): Route[] {
  const show = async (queueId: string, scope: Scope): Promise<DeadQueue> => {
    const isSeen = scope === null || scope.includes(queueId);
    const row = isSeen ? await readDeadQueue(database, queueId) : null;
    const [shown] = row === null ? [] : await describeDeadQueues(database, facts, [row]);
    if (shown === undefined) throw new AppError('deadQueue.notFound');
    return shown;
  };

  return [
    route({
      method: 'get',
      path: '/api/dead-queues',
      summary: 'The watched dead queues',
      access: 'desk.read',
      query: deadQueueListQuery,
      responses: { 200: { description: 'A page of dead queues, oldest first', schema: deadQueueList } },
      handle: async ({ query, principal }) => {
        const paging = pagingOf(query);
        const all = await readDeadQueues(database, principal.scope);
        const rows = await describeDeadQueues(database, facts, pageOf(all, paging));
        return {
          status: 200,
          body: listAnswer({
            rows,
            paging,
            toItem: (shown) => shown,
            cursorOf: (shown) => encodeCursor([shown.id]),
            counted: all.length,
          }),
        };
      },
    }),
    route({
      method: 'get',
      path: '/api/dead-queues/preflight',
      summary: 'What is known of a queue before it is watched; nothing is changed',
      access: 'deadQueues.edit',
      query: queuePreflightQuery,
      responses: { 200: { description: 'Facts and warnings.', schema: queuePreflight } },
      handle: async ({ query: { name } }) => {
        if (Buffer.byteLength(name) > 255) {
          throw new AppError('request.malformed', { errors: { name: 'field.invalid' } });
        }
        const [asked, checked] = await Promise.all([askQueue(name), facts.check(name)]);
        const present = asked.state === 'present' ? asked : null;
        const others: QueuePreflight['warnings'] =
          present !== null && present.consumers > 0
            ? [{ code: 'otherConsumers', params: { count: present.consumers } }]
            : [];
        const body: QueuePreflight = {
          name,
          state: asked.state,
          type: checked.type,
          depth: present?.messages ?? null,
          consumers: present?.consumers ?? null,
          warnings: asked.state === 'missing' ? [] : [...others, ...checked.warnings],
        };
        return { status: 200, body };
      },
    }),
    route({
      method: 'get',
      path: '/api/dead-queues/:id',
      summary: 'One dead queue',
      access: 'desk.read',
      params: oneQueue,
      responses: { 200: { description: 'The dead queue', schema: deadQueue } },
      handle: async ({ params, principal }) => ({ status: 200, body: await show(params.id, principal.scope) }),
    }),
    route({
      method: 'post',
      path: '/api/dead-queues',
      summary: 'Watch a dead queue; one that was removed is taken up again',
      access: 'deadQueues.edit',
      body: newDeadQueue,
      responses: { 201: { description: 'The dead queue', schema: deadQueue } },
      handle: async ({ body, principal, requestId }) => {
        if (Buffer.byteLength(body.name) > 255) {
          throw new AppError('request.malformed', { errors: { name: 'field.invalid' } });
        }
        const { id: brokerId } = await ensureBroker(database, broker);
        const queueId = await database.transaction(async (transaction) => {
          const added = await addDeadQueue(transaction, brokerId, body);
          if (added === null) throw new AppError('deadQueue.exists');
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'deadQueue.added',
            subject: body.name,
            subjectId: added,
            details: { id: added, settings: body },
            requestId,
          });
          return added;
        });
        return {
          status: 201,
          body: await show(queueId, principal.scope),
          headers: { Location: `/api/dead-queues/${queueId}` },
        };
      },
    }),
    route({
      method: 'patch',
      path: '/api/dead-queues/:id',
      summary: "Change a dead queue's settings",
      access: 'deadQueues.edit',
      params: oneQueue,
      body: deadQueueChange,
      responses: { 200: { description: 'The dead queue', schema: deadQueue } },
      handle: async ({ params, body, principal, requestId }) => {
        await change({ queueId: params.id, kind: 'deadQueue.changed', principal, requestId, settings: body }, (t) =>
          changeDeadQueue(t, params.id, body),
        );
        return { status: 200, body: await show(params.id, principal.scope) };
      },
    }),
    route({
      method: 'delete',
      path: '/api/dead-queues/:id',
      summary: 'Stop watching a dead queue. Its messages stay',
      access: 'deadQueues.edit',
      params: oneQueue,
      responses: { 204: { description: 'It is not watched any more' } },
      handle: async ({ params, principal, requestId }) => {
        await change({ queueId: params.id, kind: 'deadQueue.removed', principal, requestId }, (t) =>
          removeDeadQueue(t, params.id),
        );
        return { status: 204 };
      },
    }),
  ];

  async function change(
    act: {
      queueId: string;
      kind: 'deadQueue.changed' | 'deadQueue.removed';
      principal: Principal;
      requestId: string;
      settings?: DeadQueueChange;
    },
    write: (transaction: Parameters<typeof changeDeadQueue>[0]) => Promise<boolean>,
  ): Promise<void> {
    await database.transaction(async (transaction) => {
      const before = await readDeadQueue(transaction, act.queueId);
      if (before === null || !(await write(transaction))) throw new AppError('deadQueue.notFound');
      await recordAuditEvent(transaction, {
        actor: act.principal,
        kind: act.kind,
        subject: before.name,
        subjectId: act.queueId,
        details: {
          id: act.queueId,
          ...(act.settings === undefined ? {} : { settings: act.settings }),
          before: settingsOf(before),
        },
        requestId: act.requestId,
      });
    });
  }
}

/** As an administrator sets them. */
function settingsOf({ watched, prefetch, stripHeaders, addHeader, whenAway }: DeadQueueRow): DeadQueueChange {
  return { watched, prefetch, stripHeaders, addHeader, whenDatabaseAway: whenAway };
}

const cursorShape = z.tuple([z.string().regex(/^\d{1,19}$/)]);

/** The rows of a page and one more, if there is one; nearest first when read backwards, as `listAnswer` takes them. */
function pageOf(all: readonly DeadQueueRow[], { limit, offset, after, before }: Paging): DeadQueueRow[] {
  const beyond = (cursor: string) => BigInt(decodeCursor(cursor, cursorShape)[0]);
  if (before !== undefined) {
    const edge = beyond(before);
    return all
      .filter(({ id: rowId }) => BigInt(rowId) < edge)
      .reverse()
      .slice(0, limit + 1);
  }
  const edge = after === undefined ? 0n : beyond(after);
  return all.filter(({ id: rowId }) => BigInt(rowId) > edge).slice(offset, offset + limit + 1);
}
