import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { pino } from 'pino';

import { openConnection, type Connection } from '../../server/amqp/connection.ts';
import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { registerInstance, type Instance } from '../../server/database/instance.ts';
import { migrate } from '../../server/database/migrate.ts';
import { Names } from '../../server/database/names.ts';
import { brokerAddress, ensureBroker, ensureDeadQueues } from '../../server/dead-queues/dead-queue-store.ts';
import { ContentCipher } from '../../server/encryption/content-cipher.ts';
import type { ContentKey } from '../../server/encryption/content-keys.ts';
import { openContentKeys } from '../../server/encryption/open-content-keys.ts';
import { startIntake, type Intake, type IntakeOptions } from '../../server/intake/intake.ts';
import { ensureInstallation } from '../../server/messages/resend-mark.ts';
import { DEFAULT_BUSINESS_KEYS, parseBusinessKeyRules } from '../../server/orders/business-keys.ts';

import { createTestDatabase, testServices, waitFor } from './services.ts';

/** A database of a test's own with the schema, and a journal directory. */
export interface IntakeBench {
  /** Not through any proxy: for looking. */
  database: Database;
  databaseUrl: string;
  journalDir: string;
  /** Starts an intake that watches these queues, as one more instance. */
  start: (options?: StartOptions) => Promise<RunningIntake>;
  /** Waits for the failed messages to be so many, and gives them with what was read of them, oldest first. */
  messages: (count: number) => Promise<StoredMessage[]>;
  /** Stops every intake that was started here. */
  stopAll: () => Promise<void>;
  remove: () => Promise<void>;
}

export interface StartOptions extends Partial<Pick<IntakeOptions, 'settings' | 'timing' | 'journalLimits'>> {
  deadQueues?: string[];
  amqpUrl?: string;
  databaseUrl?: string;
  /** Bytes; default as in production. */
  byteBudget?: number;
  /** With which contents are encrypted; default: none. */
  contentKeys?: readonly ContentKey[];
}

export interface RunningIntake {
  intake: Intake;
  instance: Instance;
  connection: Connection;
  database: Database;
  stop: () => Promise<void>;
  /** Ends it without finishing anything, as near to a kill as one process can come: nothing is stored or acked after it. */
  kill: () => Promise<void>;
}

export interface StoredMessage {
  id: string;
  status: string;
  reason: string;
  framework: string | null;
  queue: string | null;
  exchange: string | null;
  routing_key: string | null;
  error_type: string | null;
  error_message: string | null;
  body_size: string;
  content_id: string;
  redelivered: number;
  possible_duplicate_of: string | null;
  failure_count: number;
  group_id: string;
  dead_queue: string;
}

const FAST = { followMs: 100, reportMs: 100, closeMs: 60_000, journalMs: 300 };

export async function openIntakeBench(): Promise<IntakeBench> {
  const made = await createTestDatabase();
  const database = connectDatabase({ url: made.url, poolSize: 4 });
  await migrate(database);
  const journalDir = await mkdtemp(path.join(tmpdir(), 'intake-journal-'));
  const running = new Set<RunningIntake>();
  const rules = parseBusinessKeyRules(DEFAULT_BUSINESS_KEYS);
  if (!rules.ok) throw new Error(rules.problems.join());

  const start = async (options: StartOptions = {}): Promise<RunningIntake> => {
    const logger = pino({ level: process.env['TEST_LOG_LEVEL'] ?? 'silent' });
    const amqpUrl = options.amqpUrl ?? testServices().amqpUrl;
    const own = connectDatabase({
      url: options.databaseUrl ?? made.url,
      waitMs: 2_000,
      contentCipher: new ContentCipher(options.contentKeys),
    });
    const instance = await registerInstance({ database: own, logger });
    await openContentKeys(own, instance.id);
    const broker = await ensureBroker(own, brokerAddress(amqpUrl));
    await ensureDeadQueues(own, broker, options.deadQueues ?? []);
    const connection = openConnection({
      url: amqpUrl,
      name: 'test intake',
      logger,
      retry: { initialMs: 20, maxMs: 200 },
      ...(options.byteBudget === undefined ? {} : { byteBudget: options.byteBudget }),
    });
    const intake = startIntake({
      database: own,
      names: new Names(own),
      connection,
      broker,
      instance,
      installation: await ensureInstallation(own),
      keyRules: rules.rules,
      journalDir,
      logger,
      ...(options.settings === undefined ? {} : { settings: options.settings }),
      ...(options.journalLimits === undefined ? {} : { journalLimits: options.journalLimits }),
      timing: { ...FAST, ...options.timing },
    });
    const started: RunningIntake = {
      intake,
      instance,
      connection,
      database: own,
      stop: async () => {
        if (!running.delete(started)) return;
        await intake.stop();
        await connection.close();
        await instance.stop();
        await own.destroy();
      },
      kill: async () => {
        if (!running.delete(started)) return;
        const closed = connection.close();
        await intake.stop(0);
        await closed;
        await instance.stop();
        await own.destroy();
      },
    };
    running.add(started);
    return started;
  };

  const read = async (): Promise<StoredMessage[]> => {
    const [rows] = (await database.raw(
      `SELECT m.id, m.status, m.reason, m.framework, CONVERT(q.value USING utf8mb4) AS queue,
              CONVERT(x.value USING utf8mb4) AS exchange, CONVERT(m.routing_key USING utf8mb4) AS routing_key,
              CONVERT(e.value USING utf8mb4) AS error_type, d.error_message, c.body_size, d.content_id, d.redelivered,
              m.possible_duplicate_of, m.failure_count, f.group_id, CONVERT(dq.name USING utf8mb4) AS dead_queue
       FROM failed_messages m JOIN deaths d ON d.id = m.last_death_id JOIN contents c ON c.id = d.content_id
       JOIN fingerprints f ON f.id = m.fingerprint_id JOIN dead_queues dq ON dq.id = m.dead_queue_id
       LEFT JOIN names q ON q.id = m.queue_id LEFT JOIN names x ON x.id = m.exchange_id
       LEFT JOIN names e ON e.id = m.error_type_id ORDER BY m.id`,
    )) as [StoredMessage[]];
    return rows;
  };

  return {
    database,
    databaseUrl: made.url,
    journalDir,
    start,
    messages: async (count) => {
      let found = 0;
      await waitFor(
        async () => {
          const [row] = await database('failed_messages').count<{ n: string }[]>('* AS n');
          found = Number(row?.n);
          return found >= count;
        },
        { deadlineMs: 20_000, describe: () => `${count} failed messages; there are ${found}` },
      );
      return await read();
    },
    stopAll: async () => {
      for (const one of running) await one.stop();
    },
    remove: async () => {
      for (const one of running) await one.stop();
      await database.destroy();
      await made.drop();
      await rm(journalDir, { recursive: true, force: true });
    },
  };
}
