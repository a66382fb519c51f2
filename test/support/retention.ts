import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { MessageContents } from '../../server/amqp/message.ts';
import { MESSAGE_STATUSES, type MessageStatus } from '../../server/contract/messages.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { takeIds } from '../../server/database/ids.ts';
import { migrate } from '../../server/database/migrate.ts';
import { Names } from '../../server/database/names.ts';
import { cutBody } from '../../server/messages/body-chunks.ts';
import { insertContents, type NewContents } from '../../server/messages/contents-store.ts';
import type { RetentionTerms } from '../../server/retention/expired-messages.ts';
import { Purging } from '../../server/retention/purging.ts';
import { openSettings } from '../../server/settings/current-settings.ts';
import { writeSettings } from '../../server/settings/settings-store.ts';

import { openSeeder, type Seeder } from './seed-messages.ts';
import { createTestDatabase, waitFor } from './services.ts';
import { silentLogger } from './wire.ts';

const ENVELOPE: MessageContents = { properties: { messageId: 'envelope' }, body: Buffer.from('in an envelope') };

/** A message that became what it is so long ago. */
export interface OldMessage {
  status: MessageStatus;
  daysAgo: number;
  /** Arrived in an envelope. */
  enveloped?: boolean;
  orderId?: string;
}

/** What there is of a message. */
export interface Remains {
  status: MessageStatus | null;
  deaths: number;
  /** Contents and envelopes whose headers and properties are there, and those that were emptied. */
  contents: number;
  emptied: number;
  chunks: number;
  keys: number;
  items: number;
}

/** What is left where only the contents went, of a message that died once. */
export const RECORD_ALONE: Partial<Remains> = { deaths: 1, contents: 0, emptied: 1, chunks: 0, items: 1 };
export const WHOLE: Partial<Remains> = { deaths: 1, contents: 1, emptied: 0, chunks: 1, items: 1 };
export const NOTHING: Remains = { status: null, deaths: 0, contents: 0, emptied: 0, chunks: 0, keys: 0, items: 0 };

/** A database of its own with messages of any age, and instances that purge it. */
export interface RetentionDesk extends Seeder {
  database: Database;
  databaseUrl: string;
  /** To be given oldest first. The ids, in that order; each was moved by an operation of its own, and resent once where it is settled. */
  seedOld: (messages: readonly OldMessage[]) => Promise<string[]>;
  /** An edit of a message that an operation sent; where its contents are. */
  edit: (id: string) => Promise<string>;
  remains: (id: string) => Promise<Remains>;
  setTerms: (terms: RetentionTerms) => Promise<void>;
  /** Starts an instance; it purges by the terms that are set. */
  instance: (instanceId: string, options?: { database?: Database }) => Promise<Purging>;
  /** Waits until a pass by these terms has ended. */
  purged: (terms: RetentionTerms) => Promise<void>;
  /** All in one: sets the terms, lets one instance make a whole pass, and says what the audit says was removed by it. */
  purge: (terms: RetentionTerms) => Promise<{ contents: number; records: number }>;
  /** The next pass is due. */
  aDayLater: () => Promise<void>;
  audited: () => Promise<
    { contents: number; records: number; contentsKeptDays: number; recordsKeptDays: number | null }[]
  >;
  /** Waits until an instance waits for the lock on a message or its operation that the test holds; its thread. */
  lockWaiter: () => Promise<number>;
  close: () => Promise<void>;
}

/** Without somebody who holds the lock these are done in no time: one that is under way for so many ms waits. */
const LOCKED_MS = 300;
const LOCKING = /^select .* from `?(failed_messages|operations)`? .* for update$/;
const processRow = z.object({ Id: z.coerce.number(), db: z.string().nullable(), Info: z.string().nullable() });
const countRow = z.object({ counted: z.coerce.number() });

export async function openRetentionDesk(): Promise<RetentionDesk> {
  const testDatabase = await createTestDatabase();
  const database = connectDatabase({ url: testDatabase.url });
  await migrate(database);
  const seeder = await openSeeder(database);
  const names = new Names(database);
  const undo: (() => Promise<void>)[] = [];

  const counted = async (table: string, where: (query: ReturnType<Database>) => void): Promise<number> => {
    const row: unknown = await database(table).modify(where).count({ counted: '*' }).first();
    return countRow.parse(row).counted;
  };
  const total = async () => {
    const events = await desk.audited();
    return events.reduce(
      (sum, { contents, records }) => ({ contents: sum.contents + contents, records: sum.records + records }),
      { contents: 0, records: 0 },
    );
  };

  const desk: RetentionDesk = {
    ...seeder,
    database,
    databaseUrl: testDatabase.url,
    seedOld: async (messages) => {
      const ids = await seeder.seed(
        messages.map(({ status }) => ({ status, queue: 'orders', exchange: 'orders', routingKey: 'order.cancel' })),
      );
      for (const [index, message] of messages.entries()) {
        const id = ids[index] ?? '';
        await age(database, id, message);
        if (message.enveloped === true) await putIntoEnvelope(database, id);
        if (message.orderId === undefined) continue;
        const [nameId] = [...(await names.idsOf(['orderId'])).values()];
        const value = Buffer.from(message.orderId);
        await database('business_keys').insert({ name_id: nameId, value, message_id: id, tail: value });
      }
      return ids;
    },
    edit: (id) => edit(database, id),
    remains: async (id) => {
      const statuses: unknown[] = await database('failed_messages').where({ id }).pluck('status');
      const envelopes: unknown[] = await database('contents')
        .where({ id })
        .whereNotNull('envelope_id')
        .pluck('envelope_id');
      const contentIds = [id, ...envelopes.map(String)];
      return {
        status: z.enum(MESSAGE_STATUSES).optional().parse(statuses[0]) ?? null,
        deaths: await counted('deaths', (query) => void query.where('message_id', id)),
        contents: await counted('contents', (query) => {
          void query.whereIn('id', contentIds).whereNull('purged_at').whereNot('properties', '{}');
        }),
        emptied: await counted('contents', (query) => {
          void query
            .whereIn('id', contentIds)
            .where({ properties: '{}', headers: null, chunk_count: 0 })
            .whereNotNull('purged_at');
        }),
        chunks: await counted('content_chunks', (query) => void query.whereIn('content_id', contentIds)),
        keys: await counted('business_keys', (query) => void query.where('message_id', id)),
        items: await counted('operation_items', (query) => void query.where('message_id', id)),
      };
    },
    setTerms: async (terms) => {
      await database.transaction((transaction) => writeSettings(transaction, { ...terms }, '1'));
    },
    instance: async (instanceId, { database: own = database } = {}) => {
      const settings = await openSettings(own, silentLogger, 50);
      const purging = new Purging({ database: own, instanceId, settings, logger: silentLogger, everyMs: 50 });
      undo.push(async () => {
        await purging.stop();
        await settings.stop();
      });
      return purging;
    },
    purged: async ({ contentsKeptDays, recordsKeptDays }) => {
      await waitFor(
        async () => {
          const row: unknown = await database('purge_walks')
            .where({ contents_kept_days: contentsKeptDays, records_kept_days: recordsKeptDays })
            .whereNull('up_to_id')
            .whereRaw('began_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY')
            .first('name');
          return row !== undefined;
        },
        { describe: 'a pass to end' },
      );
    },
    purge: async (terms) => {
      const before = await total();
      await desk.setTerms(terms);
      const purging = await desk.instance('1');
      await desk.purged(terms);
      await purging.stop();
      const after = await total();
      return { contents: after.contents - before.contents, records: after.records - before.records };
    },
    aDayLater: async () => {
      await database('purge_walks').update({ began_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 25 HOUR') });
    },
    audited: async () => {
      const details: unknown[] = await database('audit_events')
        .where({ kind: 'retention.purged', actor_name: 'office' })
        .orderBy('id')
        .pluck('details');
      return details.map((json) => auditDetails.parse(JSON.parse(String(json))));
    },
    lockWaiter: async () => {
      let seen = { thread: 0, statement: '', since: 0 };
      return await waitFor(
        async () => {
          const [rows] = (await database.raw('SHOW FULL PROCESSLIST')) as [unknown[]];
          const waiting = z
            .array(processRow)
            .parse(rows)
            .find(({ db, Info }) => db === new URL(testDatabase.url).pathname.slice(1) && LOCKING.test(Info ?? ''));
          const { Id: thread = 0, Info: statement } = waiting ?? {};
          if (thread !== seen.thread || statement !== seen.statement) {
            seen = { thread, statement: statement ?? '', since: performance.now() };
          }
          return thread !== 0 && performance.now() - seen.since >= LOCKED_MS && thread;
        },
        { describe: 'somebody to wait for a lock' },
      );
    },
    close: async () => {
      for (const step of undo.reverse()) await step();
      await database.destroy();
      await testDatabase.drop();
    },
  };
  return desk;
}

const auditDetails = z.strictObject({
  contents: z.number(),
  records: z.number(),
  contentsKeptDays: z.number(),
  recordsKeptDays: z.number().nullable(),
});

/** Backdates a message and gives it the operation that made it what it is. */
async function age(database: Database, id: string, { status, daysAgo }: OldMessage): Promise<void> {
  const ago = (days: number) => database.raw('UTC_TIMESTAMP(3) - INTERVAL ? HOUR', [Math.round(days * 24)]);
  await database('deaths')
    .where({ id })
    .update({ arrived_at: ago(daysAgo + 1), error_message: 'no such order', stack_trace: 'at orders' });
  const resent = status === 'settled' || status === 'resent' || status === 'resending';
  const operationId = await insertOperation(database, resent ? 'resend' : status === 'handled' ? 'handle' : 'delete');
  await database('operation_items').insert({
    operation_id: operationId,
    message_id: id,
    message_version: 1,
    message_status: 'pending',
    state: 'done',
    outcome: status === 'unknown' ? 'unknown' : 'confirmed',
    death_id: id,
    resend_number: resent ? 1 : null,
    exchange: 'orders',
    routing_key: 'order.cancel',
    at: ago(resent ? daysAgo + 0.5 : daysAgo),
    settled_at: status === 'settled' ? ago(daysAgo) : null,
  });
  await database('failed_messages')
    .where({ id })
    .update({ operation_id: operationId, resend_count: resent ? 1 : 0, version: 2 });
}

/** An ended operation, without items. */
export async function insertOperation(database: Database, action: string): Promise<string> {
  const now = database.raw('UTC_TIMESTAMP(3)');
  const [operationId] = await database('operations').insert({
    action,
    status: 'finished',
    version: 1,
    actor_name: 'tester',
    request: '{}',
    request_hash: randomBytes(32),
    total: 1,
    confirmed: 1,
    created_at: now,
    finished_at: now,
  });
  return String(operationId);
}

async function edit(database: Database, messageId: string): Promise<string> {
  const id = await takeIds(database, 'arrivals', 1);
  await database.transaction(async (transaction) => {
    await insertContents(transaction, [contentsRow(id, { properties: {}, body: Buffer.from('edited') })]);
    await transaction('edits').insert({
      ...{ message_id: messageId, draft: null, death_id: messageId, content_id: String(id), version: 1 },
      ...{ author_id: '1', author_name: 'lee', changed: '{}', operation_id: '1' },
      ...{ created_at: new Date(), saved_at: new Date() },
    });
  });
  return String(id);
}

async function putIntoEnvelope(database: Database, id: string): Promise<void> {
  const envelopeId = await takeIds(database, 'arrivals', 1);
  await database.transaction((transaction) => insertContents(transaction, [contentsRow(envelopeId, ENVELOPE)]));
  await database('contents')
    .where({ id })
    .update({ envelope_id: String(envelopeId) });
}

function contentsRow(id: bigint, { properties, body }: MessageContents): NewContents {
  return {
    id,
    exchange: 'dead',
    routingKey: 'dead',
    properties: JSON.stringify(properties),
    headers: '[]',
    contentType: null,
    stripHeaders: [],
    envelopeId: null,
    inexactParts: [],
    body: cutBody(body),
  };
}
