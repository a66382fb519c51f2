import type { Message } from '../../server/contract/schemas/messages.ts';
import type { Operation } from '../../server/contract/schemas/operations.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { openDeadQueue, type TestDeadQueue } from './dead-queue.ts';
import { startOffice, type TestOffice } from './office.ts';
import { deskOf } from './office-desk.ts';
import { uniqueName, waitFor } from './services.ts';
import { reveal } from './reveal.ts';

/** In all that belongs to the dead queue that is not seen: whoever reads this has seen too much. */
export const HIDDEN = 'Qzxhidden';

/** One office with two dead queues, whose messages share orders, failures, groups and operations. */
export interface TwoDesks {
  office: TestOffice;
  database: Database;
  mine: TestDeadQueue;
  hidden: TestDeadQueue;
  /** Messages by what they are. */
  ids: {
    /** Of `mine` alone. */
    mine: string;
    /** Failed alike in both dead queues, with the same order. */
    sharedMine: string;
    sharedHidden: string;
    /** Of `hidden` alone. */
    secret: string;
    secretToo: string;
    /** Failed in `hidden` first, and then in `mine`; it is a copy of a secret one. */
    moved: string;
  };
  groups: {
    mine: string;
    /** One failure in both dead queues. */
    shared: string;
    /** Began with a failure of `hidden`, and took in one of `mine`. */
    merged: string;
    hidden: string;
  };
  operations: { mine: string; both: string; hidden: string };
  rejects: { mine: string; hidden: string };
  views: { mine: string; hidden: string[] };
  /** An edit of a secret message. */
  editId: string;
  close: () => Promise<void>;
}

/** Builds them over the API and the broker; what takes a broker years is written into the database. */
export async function openTwoDesks(): Promise<TwoDesks> {
  const mine = await openDeadQueue();
  const hidden = await openDeadQueue();
  const office = await startOffice({ deadQueues: [mine.name, hidden.name] });
  const database = connectDatabase({ url: office.databaseUrl, poolSize: 2 });
  const desk = deskOf(office);

  await mine.bury(failure({ order: 'ORD-1', queue: 'bills', type: 'MineError', message: 'mine alone' }));
  await mine.bury(failure({ order: 'ORD-7', queue: 'bills', type: 'SharedError', message: 'both of us' }));
  await mine.bury(failure({ order: 'ORD-9', queue: 'bills', type: 'MovedError', message: 'here and there' }));
  await mine.bury(failure({ order: 'ORD-3', queue: 'bills', type: 'TakenError', message: 'taken in' }));
  await hidden.bury(failure({ order: 'ORD-7', queue: 'bills', type: 'SharedError', message: 'both of us' }, true));
  await hidden.bury(secret('Secret'));
  await hidden.bury(secret('SecretToo'));
  const inMine = byType(await desk.failed(mine.name, 4));
  const inHidden = byType(await desk.failed(hidden.name, 3));
  const ids = {
    mine: idOf(inMine, 'MineError'),
    sharedMine: idOf(inMine, 'SharedError'),
    moved: idOf(inMine, 'MovedError'),
    sharedHidden: idOf(inHidden, 'SharedError'),
    secret: idOf(inHidden, `${HIDDEN}Secret`),
    secretToo: idOf(inHidden, `${HIDDEN}SecretToo`),
  };
  const groups = {
    mine: groupOf(inMine, 'MineError'),
    shared: groupOf(inMine, 'SharedError'),
    merged: groupOf(inHidden, `${HIDDEN}SecretToo`),
    hidden: groupOf(inHidden, `${HIDDEN}Secret`),
  };
  await office.api
    .post(`/api/groups/${groups.merged}/merge`)
    .send({ groupIds: [groupOf(inMine, 'TakenError')] })
    .expect(200);
  await moveFromHidden(database, ids);

  const operate = async (names: (keyof typeof ids)[], reason: string) => {
    const answer = await office.api
      .post('/api/operations')
      .send({ action: 'handle', selection: { ids: names.map((name) => ids[name]) }, reason })
      .expect(202);
    const { id } = answer.body as Operation;
    await waitFor(async () => (await desk.operation(id)).finishedAt !== null, { describe: `operation ${id} to end` });
    return id;
  };
  const operations = {
    mine: await operate(['mine'], 'dealt with'),
    both: await operate(['moved', 'secret'], `${HIDDEN} reason`),
    hidden: await operate(['secretToo'], `${HIDDEN} reason`),
  };
  await office.api
    .post('/api/operations')
    .send({ action: 'restore', selection: { ids: [ids.mine, ids.moved, ids.secret, ids.secretToo] } })
    .expect(202);
  await waitFor(async () => (await desk.message(ids.secretToo)).status === 'pending');
  await reveal(office.api, ids.secret);
  await office.api
    .put(`/api/messages/${ids.secret}/draft`)
    .send({ body: { encoding: 'utf8', text: `${HIDDEN} edited` } })
    .expect(200);
  const editId = (await desk.message(ids.secret)).edits[0]?.id ?? '';

  const view = async (name: string, address: string) =>
    (
      (await office.api.post('/api/saved-views').send({ name, address, isShared: true }).expect(201)).body as {
        id: string;
      }
    ).id;
  const views = {
    mine: await view('What is mine', `deadQueue=${mine.name}&groupId=${groups.mine}&operationId=${operations.mine}`),
    hidden: [
      await view(`${HIDDEN} queue`, `deadQueue=${mine.name}&deadQueue=${hidden.name}`),
      await view(`${HIDDEN} group`, `groupId=${groups.hidden}`),
      await view(`${HIDDEN} operation`, `operationId=${operations.both}`),
      await view(`${HIDDEN} message`, `id=${ids.secret}`),
    ],
  };
  const rejects = {
    mine: await reject(database, '7000001', mine.name, 'mine'),
    hidden: await reject(database, '7000002', hidden.name, HIDDEN),
  };
  return {
    office,
    database,
    mine,
    hidden,
    ids,
    groups,
    operations,
    rejects,
    views,
    editId,
    close: async () => {
      await database.destroy();
      await office.remove();
      await Promise.all([mine.remove(), hidden.remove()]);
    },
  };
}

interface Failure {
  order: string;
  queue: string;
  type: string;
  message: string;
}

function failure({ order, queue, type, message }: Failure, isHidden = false) {
  const mark = isHidden ? HIDDEN : 'open';
  return {
    body: JSON.stringify({ orderId: order, note: mark }),
    headers: {
      'x-failure-queue': queue,
      'x-failure-type': type,
      'x-failure-message': message,
      'x-failure-exchange': isHidden ? `${HIDDEN}.exchange` : 'bills.exchange',
      'x-failure-routing-key': isHidden ? `${HIDDEN}.key` : 'bills.key',
      'x-note': mark,
    },
    messageId: `${mark}-${uniqueName('id')}`,
    correlationId: `${mark}-correlation`,
  };
}

/** Told by all that it has. */
function secret(name: string) {
  const made = failure(
    {
      order: `${HIDDEN}-ORDER-${name}`,
      queue: `${HIDDEN}.queue`,
      type: `${HIDDEN}${name}`,
      message: `${HIDDEN} went wrong in ${name}`,
    },
    true,
  );
  return { ...made, headers: { ...made.headers, 'x-failure-stack': `at ${HIDDEN}.run (${HIDDEN}.ts:1:1)` } };
}

function byType(messages: readonly Message[]): Map<string, Message> {
  return new Map(messages.map((message) => [message.errorType ?? '', message]));
}

function idOf(messages: ReadonlyMap<string, Message>, type: string): string {
  return messages.get(type)?.id ?? `no ${type}`;
}

function groupOf(messages: ReadonlyMap<string, Message>, type: string): string {
  return messages.get(type)?.groupId ?? `no ${type}`;
}

/** Gives `moved` an earlier death, with everything that a secret one has. */
async function moveFromHidden(database: Database, ids: Record<'moved' | 'secret', string>): Promise<void> {
  const death = (await database('deaths').where('message_id', ids.secret).first()) as Record<string, unknown>;
  await database('deaths').insert({
    ...death,
    id: 0,
    message_id: ids.moved,
    arrived_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 1 HOUR'),
  });
  await database('failed_messages')
    .where('id', ids.moved)
    .update({ copy_of: ids.secret, possible_duplicate_of: ids.secret, failure_count: 2 });
}

async function reject(database: Database, id: string, deadQueue: string, mark: string): Promise<string> {
  const [deadQueueId] = await database('dead_queues').where('name', Buffer.from(deadQueue)).pluck<string[]>('id');
  await database('intake_rejects').insert({
    id,
    dead_queue_id: deadQueueId,
    batch_id: 1,
    arrived_at: database.raw('UTC_TIMESTAMP(3)'),
    error_code: 'ER_TEST',
    error_text: mark,
    exchange: Buffer.from(mark),
    routing_key: Buffer.from(mark),
    redelivered: 0,
    envelope: Buffer.from(JSON.stringify({ properties: {}, headers: [] })),
    body_size: 0,
    chunk_count: 0,
  });
  return id;
}
