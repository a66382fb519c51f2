import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { run } from '../../../scripts/launcher/commands.mjs';
import { connectDatabase } from '../../../server/database/connect.ts';
import { migrate } from '../../../server/database/migrate.ts';

import { waitFor } from '../../support/services.ts';

import { needsOwn, type Fault } from './fault.ts';
import { journalCopies } from './journal-copies.ts';
import { newFolder, startOwnDatabaseIn } from './own-services.ts';
import type { Stage } from './stage.ts';

const SIDES = ['intake', 'operations'] as const;
const TIMES = 6;
const KIB = 1024;

/** What befalls the database, and the way to it. */
export const databaseFaults: readonly Fault[] = [
  {
    name: 'connections to the database cut, in the middle of transactions',
    sides: SIDES,
    queueTypes: ['classic', 'quorum'],
    cause: async (stage) => {
      for (let time = 0; time < TIMES; time += 1) {
        stage.storage.cut();
        await stage.anyMoment(800);
      }
      return `${TIMES} times`;
    },
  },
  {
    name: 'what the database answers does not arrive, then cut (commits in doubt)',
    sides: SIDES,
    queueTypes: ['classic', 'quorum'],
    cause: async (stage) => {
      for (let time = 0; time < TIMES; time += 1) {
        stage.storage.stall('toClient');
        await stage.anyMoment(400);
        stage.storage.cut();
        stage.storage.flow();
        await stage.anyMoment(800);
      }
      return `${TIMES} times`;
    },
  },
  {
    name: 'database away',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: async (stage) => {
      const seconds = stage.options.patient ? 120 : 5;
      await stage.storage.refuse();
      stage.storage.cut();
      await stage.last(seconds * 1_000);
      await stage.storage.accept();
      return `${seconds} s`;
    },
  },
  {
    name: 'connections to the database half-open',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: (stage) => {
      stage.storage.strand();
      return Promise.resolve(undefined);
    },
  },
  {
    name: 'database slow (1 s a query)',
    sides: SIDES,
    queueTypes: ['classic'],
    messages: () => 1_000,
    cause: async (stage) => {
      stage.storage.slow(500);
      await stage.last(20_000);
      stage.storage.slow(0);
      return '20 s';
    },
  },
  {
    name: 'database killed (kill -9)',
    sides: SIDES,
    queueTypes: ['classic', 'quorum'],
    hindrance: needsOwn,
    cause: async (stage) => {
      for (let time = 0; time < 2; time += 1) {
        await stage.options.own?.database.kill();
        await stage.options.own?.database.start();
        await stage.anyMoment(500);
      }
      return 'twice';
    },
  },
  {
    name: 'database restarted',
    sides: SIDES,
    queueTypes: ['classic'],
    hindrance: needsOwn,
    cause: async (stage) => {
      await stage.options.own?.database.stop();
      await stage.options.own?.database.start();
      return undefined;
    },
  },
  {
    name: 'database read-only',
    sides: SIDES,
    queueTypes: ['classic'],
    hindrance: needsOwn,
    cause: async (stage) => {
      await stage.store.onServer('SET GLOBAL read_only = ON');
      await stage.last(8_000);
      await stage.store.onServer('SET GLOBAL read_only = OFF');
      return '8 s';
    },
  },
  {
    name: 'disk of the database full',
    sides: SIDES,
    queueTypes: ['classic'],
    hindrance: needsMounts,
    database: async (own) => {
      const folder = newFolder();
      const disk = path.join(folder, 'disk');
      await mkdir(disk, { mode: 0o700 });
      await mount(disk, '400m');
      const server = await startOwnDatabaseIn(disk, own.databaseProgram);
      return {
        ...server,
        end: async () => {
          await server.end();
          await unmount(disk);
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    // Large enough to need more of the disk all the time.
    book: { padding: (number) => `,"note":"${pseudoRandom(number, 3 * KIB)}"` },
    cause: async (stage) => {
      const [[row]] = (await stage.store.database.raw('SELECT @@datadir AS folder')) as [{ folder: string }[]];
      const filler = path.join(row?.folder ?? '', '..', 'filler');
      await run('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k']);
      await stage.last(10_000);
      await rm(filler);
      return `10 s${(await goesOn(stage)) ? '' : '; the server had given up, and was started again'}`;
    },
  },
  {
    name: 'lock wait time-out',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: async (stage) => {
      const rival = connectDatabase({ url: new URL(stage.store.adminUrl).href, poolSize: 1 });
      const transaction = await rival.transaction();
      try {
        await transaction(stage.options.side === 'intake' ? 'id_sequences' : 'operations')
          .forUpdate()
          .select('*');
        // The office waits for 10 s at most.
        await stage.last(13_000);
      } finally {
        await transaction.rollback();
        await rival.destroy();
      }
      return '13 s';
    },
  },
  {
    name: 'deadlocks',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: fightForRows,
  },
  {
    name: 'max_allowed_packet too small',
    sides: ['intake'],
    queueTypes: ['classic'],
    hindrance: needsOwn,
    messages: () => 600,
    book: { padding: (number) => (number % 10 === 7 ? `,"note":"${pseudoRandom(number, 200 * KIB)}"` : '') },
    cause: async (stage) => {
      await stage.store.onServer(`SET GLOBAL max_allowed_packet = ${64 * KIB}`);
      stage.storage.cut();
      await stage.last(20_000);
      await stage.store.onServer(`SET GLOBAL max_allowed_packet = ${16 * KIB * KIB}`);
      stage.storage.cut();
      return '20 s';
    },
    recoversWithinMs: 150_000,
  },
  {
    name: 'no connection to be had (max_user_connections)',
    sides: SIDES,
    queueTypes: ['classic'],
    hindrance: needsOwn,
    cause: async (stage) => {
      const limit = (count: number) =>
        stage.store.onServer(`ALTER USER '${stage.store.user}'@'%' WITH MAX_USER_CONNECTIONS ${count}`);
      await limit(1);
      stage.storage.cut();
      await stage.last(8_000);
      await limit(0);
      return '8 s';
    },
  },
  {
    name: "database's clock an hour ahead, then an hour behind",
    sides: SIDES,
    queueTypes: ['classic'],
    hindrance: (own) =>
      needsOwn(own) ?? (libfaketime() === null ? 'libfaketime is not there (FAULTS_LIBFAKETIME)' : null),
    database: async (own) => {
      const folder = newFolder();
      await writeFile(path.join(folder, 'clock'), '+0');
      const program = path.join(folder, 'database-server');
      const script = [
        '#!/bin/sh',
        `export LD_PRELOAD='${libfaketime() ?? ''}' FAKETIME_TIMESTAMP_FILE='${folder}/clock' FAKETIME_CACHE_DURATION=1`,
        'export FAKETIME_DONT_FAKE_MONOTONIC=1',
        `exec '${own.databaseProgram}' "$@"`,
      ];
      await writeFile(program, `${script.join('\n')}\n`, { mode: 0o700 });
      const server = await startOwnDatabaseIn(folder, program);
      return {
        ...server,
        end: async () => {
          await server.end();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
    cause: async (stage) => {
      const [[row]] = (await stage.store.database.raw('SELECT @@datadir AS folder')) as [{ folder: string }[]];
      const clock = path.join(row?.folder ?? '', '..', '..', 'clock');
      const before = await serverTime(stage);
      await writeFile(clock, '+3600');
      await stage.last(3_000);
      const ahead = await serverTime(stage);
      await writeFile(clock, '-3600');
      await stage.last(3_000);
      const behind = await serverTime(stage);
      const minutes = (to: number) => Math.round((to - before) / 60_000);
      return `${minutes(ahead)} and ${minutes(behind)} minutes`;
    },
  },
];

/**
 * A full disk makes MariaDB 10.11 abort at times ("got signal 6"), or take an index for corrupt until it is started
 * again (`ER_NOT_KEYFILE`): then whoever minds it starts it again.
 *
 * @returns false when that was needed
 */
async function goesOn(stage: Stage): Promise<boolean> {
  try {
    let before: number | undefined;
    const went = async () => {
      const now = await stage.done();
      before ??= now;
      return now > before || now >= stage.book.messages;
    };
    return await waitFor(went, { deadlineMs: 20_000 });
  } catch {
    await stage.options.own?.database.kill();
    await stage.options.own?.database.start();
    return false;
  }
}

async function serverTime(stage: Stage): Promise<number> {
  const [[row]] = (await stage.store.database.raw('SELECT UTC_TIMESTAMP(3) AS now')) as [{ now: Date }[]];
  return Number(row?.now ?? 0);
}

/**
 * A rival that locks rows in the order that is not the office's, and has changed so much that the server prefers to roll
 * the office back.
 */
async function fightForRows(stage: Stage): Promise<string> {
  const { adminUrl } = stage.store;
  const rival = connectDatabase({ url: adminUrl, poolSize: 1 });
  const deadlocksSoFar = async () => {
    const [rows] = (await rival.raw(
      "SELECT count FROM information_schema.innodb_metrics WHERE name = 'lock_deadlocks'",
    )) as [{ count: number | string }[]];
    return Number(rows[0]?.count ?? 0);
  };
  try {
    const before = await deadlocksSoFar();
    await rival.raw('CREATE TABLE IF NOT EXISTS rival (id INT PRIMARY KEY, note VARCHAR(200))');
    const [first, second] =
      stage.options.side === 'intake' ? ['failure_counts', 'recent_arrivals'] : ['failed_messages', 'operations'];
    for (let time = 0; time < 8; time += 1) {
      await rival
        .transaction(
          async (transaction) => {
            const rows = Array.from({ length: 3_000 }, (_, id) => ({ id, note: `${time}` }));
            await transaction('rival').delete();
            await transaction('rival').insert(rows);
            await transaction(first).forUpdate().select('*');
            await stage.anyMoment(300);
            await transaction(second).forUpdate().select('*');
          },
          { isolationLevel: 'repeatable read' },
        )
        .catch(() => undefined);
      await stage.anyMoment(200);
    }
    await rival.raw('DROP TABLE rival');
    return `${(await deadlocksSoFar()) - before} deadlocks`;
  } finally {
    await rival.destroy();
  }
}

// A name is bytes: patterns are not for it.
const POISON = "RIGHT(NEW.message_id, 2) = '50'";

/** What the database or the journal cannot take, whatever is done. */
export const poisonFaults: readonly Fault[] = [
  {
    name: 'one message in a hundred that the database refuses',
    sides: ['intake'],
    queueTypes: ['classic', 'quorum'],
    messages: ({ patient }) => (patient ? 10_000 : 1_000),
    prepare: (stage) => refuse(stage, 'failed_messages', POISON),
    cause: () => Promise.resolve(undefined),
  },
  {
    name: 'messages that the rejects refuse too, and a journal that cannot be written',
    sides: ['intake'],
    queueTypes: ['classic', 'quorum'],
    messages: () => 1_000,
    prepare: async (stage) => {
      await refuseWholly(stage);
      // A file where the directory should be: nobody can write into it, whoever that is.
      await rm(stage.journalDir, { recursive: true });
      await writeFile(stage.journalDir, '');
    },
    cause: async (stage) => {
      await stage.last(5_000);
      await rm(stage.journalDir);
      await mkdir(stage.journalDir);
      await stage.last(8_000);
      return await takeAll(stage);
    },
    recoversWithinMs: 150_000,
  },
  {
    name: 'disk of the journal full',
    sides: ['intake'],
    queueTypes: ['classic'],
    hindrance: needsMounts,
    messages: () => 1_000,
    prepare: async (stage) => {
      await refuseWholly(stage);
      await mount(stage.journalDir, '64k');
      stage.undo(() => unmount(stage.journalDir));
      await run('dd', ['if=/dev/zero', `of=${path.join(stage.journalDir, 'filler')}`, 'bs=4k']);
    },
    cause: async (stage) => {
      await stage.last(5_000);
      await rm(path.join(stage.journalDir, 'filler'));
      await stage.last(8_000);
      return await takeAll(stage);
    },
    recoversWithinMs: 150_000,
  },
  {
    name: 'office killed while the journal is written',
    sides: ['intake'],
    queueTypes: ['classic', 'quorum'],
    messages: ({ rounds }) => Math.max(1_000, 40 * rounds),
    prepare: async (stage) => {
      await refuse(stage, 'failed_messages', "RIGHT(NEW.message_id, 1) IN ('0', '5')");
      await refuse(stage, 'intake_rejects', 'NEW.id > 0');
    },
    cause: async (stage) => {
      const rounds = Math.ceil(stage.options.rounds / 3);
      for (let round = 0; round < rounds; round += 1) {
        await stage.anyMoment(400);
        await stage.killOldest();
        await stage.start().ready();
      }
      return `${rounds} times; ${await takeAll(stage)}`;
    },
    recoversWithinMs: 150_000,
  },
];

/** Nothing is refused any more. What lies in the journal by then is registered by the office. */
async function takeAll(stage: Stage): Promise<string> {
  const journalled = (await journalCopies(stage.journalDir)).length;
  for (const table of ['failed_messages', 'intake_rejects']) {
    await stage.store.database.raw(`DROP TRIGGER refuse_${table}`);
  }
  return `${journalled} by way of the journal`;
}

async function refuseWholly(stage: Stage): Promise<void> {
  await refuse(stage, 'failed_messages', POISON);
  await refuse(stage, 'intake_rejects', 'NEW.id > 0');
}

/** A table that refuses some rows, as a fault nobody thought of would. */
async function refuse(stage: Stage, table: string, condition: string): Promise<void> {
  await migrate(stage.store.database);
  await stage.store.database.raw(
    `CREATE TRIGGER refuse_${table} BEFORE INSERT ON ${table} FOR EACH ROW
     IF ${condition} THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'refused'; END IF`,
  );
}

function needsMounts(own: Parameters<typeof needsOwn>[0]): string | null {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'a small disk can be mounted only by root';
  return needsOwn(own);
}

async function mount(folder: string, size: string): Promise<void> {
  const { code, output } = await run('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=0700`, 'tmpfs', folder]);
  if (code !== 0) throw new Error(`The small disk could not be mounted: ${output}`);
}

async function unmount(folder: string): Promise<void> {
  await waitFor(async () => (await run('umount', [folder])).code === 0, {
    describe: `the small disk to be free of programs: ${folder}`,
  });
}

function libfaketime(): string | null {
  return process.env['FAULTS_LIBFAKETIME'] ?? null;
}

/** Text that cannot be compressed to little. */
function pseudoRandom(seed: number, bytes: number): string {
  let state = seed + 1;
  let text = '';
  while (text.length < bytes) {
    state = (state * 48_271) % 2_147_483_647;
    text += state.toString(36);
  }
  return text.slice(0, bytes);
}
