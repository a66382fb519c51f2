import { openConnection } from '../../server/amqp/connection.ts';
import { openManagement } from '../../server/amqp/management.ts';
import { openPublisher, type Publisher } from '../../server/amqp/publisher.ts';
import { Routing } from '../../server/amqp/routing.ts';
import { askExchange, askQueue } from '../../server/amqp/topology.ts';
import type { MessageStatus } from '../../server/contract/messages.ts';
import type {
  NewOperation,
  Operation,
  OperationItem,
  PreviewedOperation,
} from '../../server/contract/schemas/operations.ts';
import type { Settings } from '../../server/contract/schemas/settings.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { migrate } from '../../server/database/migrate.ts';
import { readMessages } from '../../server/messages/message-rows.ts';
import { ensureInstallation, type Installation } from '../../server/messages/resend-mark.ts';
import type { LeaseTimes } from '../../server/operations/lease.ts';
import { listOperationItems, readOperation } from '../../server/operations/operation-queries.ts';
import { planOperation } from '../../server/operations/planner.ts';
import { previewOperation } from '../../server/operations/preview.ts';
import { OperationRunner } from '../../server/operations/runner.ts';

import { DEFAULT_SETTINGS } from '../../server/settings/settings-store.ts';

import { openSeeder, type Seeder } from './seed-messages.ts';
import { createTestDatabase, testServices, waitFor } from './services.ts';
import { silentLogger } from './wire.ts';

export const ACTOR = { userId: '1', username: 'tester', scope: null };

/** Short leases, so that taking over does not keep a test waiting. */
export const SHORT_LEASE: LeaseTimes = { leaseMs: 1_500, leaveWithinMs: 500 };

/** One process of the office, as far as operations go. */
export interface TestInstance {
  runner: OperationRunner;
  publisher: Publisher;
  stop: (graceMs?: number) => Promise<void>;
}

/** A database of its own with messages in it, and instances that run operations on them. */
export interface OperationDesk extends Seeder {
  database: Database;
  databaseUrl: string;
  installation: Installation;
  /** As all its instances know them. */
  settings: { now: Settings };
  /** Starts an instance, on the given addresses in place of the real ones (a proxy's, another user's). */
  instance: (options?: { amqpUrl?: string; databaseUrl?: string; times?: LeaseTimes }) => TestInstance;
  plan: (request: NewOperation, idempotencyKey?: string) => Promise<Operation>;
  /** By what this publisher knows of its broker, or by nothing. `managementUrl` in place of the real one; null for none. */
  preview: (
    request: PreviewedOperation,
    options?: { publisher?: Publisher; managementUrl?: string | null },
  ) => ReturnType<typeof previewOperation>;
  /** Waits until the operation has ended. */
  ended: (operationId: string, deadlineMs?: number) => Promise<Operation>;
  /** By message id. */
  items: (operationId: string) => Promise<Map<string, OperationItem>>;
  messages: (ids: readonly string[]) => Promise<{ id: string; status: MessageStatus; version: number }[]>;
  close: () => Promise<void>;
}

export async function openOperationDesk(): Promise<OperationDesk> {
  const testDatabase = await createTestDatabase();
  const database = connectDatabase({ url: testDatabase.url });
  await migrate(database);
  const installation = await ensureInstallation(database);
  const seeder = await openSeeder(database);
  const undo: (() => Promise<void>)[] = [];
  let instances = 0;

  const settings = { now: DEFAULT_SETTINGS };
  const desk: OperationDesk = {
    ...seeder,
    settings,
    database,
    databaseUrl: testDatabase.url,
    installation,
    instance: ({ amqpUrl = testServices().amqpUrl, databaseUrl, times = SHORT_LEASE } = {}) => {
      const own = databaseUrl === undefined ? null : connectDatabase({ url: databaseUrl, waitMs: 2_000 });
      const connection = openConnection({
        url: amqpUrl,
        name: 'test operations',
        logger: silentLogger,
        retry: { initialMs: 50, maxMs: 200 },
      });
      instances += 1;
      const publisher = openPublisher({ connection, logger: silentLogger });
      const runner = new OperationRunner({
        database: own ?? database,
        publisher,
        connection,
        installation,
        settings,
        logger: silentLogger,
        times,
        instanceId: String(instances),
        pollMs: 50,
      });
      runner.start();
      let stopped: Promise<void> | null = null;
      const stop = (graceMs?: number) => {
        stopped ??= (async () => {
          await runner.stop(graceMs);
          await connection.close();
          await own?.destroy();
        })();
        return stopped;
      };
      undo.push(stop);
      return { runner, publisher, stop };
    },
    plan: (request, idempotencyKey) =>
      planOperation(
        database,
        {
          request,
          actor: ACTOR,
          requestId: 'test',
          idempotencyKey: idempotencyKey ?? null,
        },
        { reasonRequiredFrom: null },
      ),
    preview: async (request, { publisher, managementUrl = testServices().managementUrl } = {}) => {
      const management = managementUrl === null ? null : openManagement({ url: managementUrl });
      const routing = new Routing({ management, vhost: '/' });
      const connection = openConnection({ url: testServices().amqpUrl, name: 'test preview', logger: silentLogger });
      try {
        await connection.connected(5_000);
        return await previewOperation(
          {
            database,
            readMessages,
            askExchange: (exchange) => askExchange(connection, exchange),
            askQueue: (queue) => askQueue(connection, queue),
            terms: () => publisher?.terms ?? { user: connection.user, mostBytes: null, anyDeliveryMode: true },
            reach: (publication) => routing.reach(publication),
          },
          request,
          null,
        );
      } finally {
        await connection.close();
      }
    },
    ended: async (operationId, deadlineMs = 20_000) => {
      let last: Operation | null = null;
      return await waitFor(
        async () => {
          last = await readOperation(database, operationId, null);
          return last.finishedAt === null ? null : last;
        },
        { deadlineMs, describe: () => `the operation to end: ${JSON.stringify(last)}` },
      );
    },
    items: async (operationId) => {
      const items = new Map<string, OperationItem>();
      for (let after: string | undefined; ;) {
        const page = await listOperationItems(
          database,
          operationId,
          { perPage: 500, ...(after ? { after } : {}) },
          null,
        );
        for (const item of page.data) items.set(item.messageId, item);
        if (!page.pageInfo.hasNextPage) return items;
        after = page.pageInfo.after;
      }
    },
    messages: async (ids) => {
      const found = await readMessages(database, ids, null);
      return found.map(({ id, status, version }) => ({ id, status, version }));
    },
    close: async () => {
      for (const step of undo.reverse()) await step();
      await database.destroy();
      await testDatabase.drop();
    },
  };
  return desk;
}
