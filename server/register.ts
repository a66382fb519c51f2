import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { parseArgs } from 'node:util';

import { pino } from 'pino';

import { ConfigError, readContentKeys, readDatabaseConfig } from './config.ts';
import { connectDatabase, type Database } from './database/connect.ts';
import { databaseFault } from './database/faults.ts';
import { registerInstance } from './database/instance.ts';
import { ContentCipher } from './encryption/content-cipher.ts';
import { openContentKeys } from './encryption/open-content-keys.ts';
import { Names } from './database/names.ts';
import { findBroker, findDeadQueues } from './dead-queues/dead-queue-store.ts';
import { FingerprintStore } from './groups/fingerprint-store.ts';
import { LINE_ERRORS } from './contract/rejects.ts';
import { JournalIndex, newJournalFile, type IndexedEntry } from './intake/journal-index.ts';
import type { LineProblem } from './intake/journal-lines.ts';
import { isEntry, toRegistrable } from './intake/journal-registrar.ts';
import { findOnRecord } from './intake/registered-store.ts';
import { Registration, type Registered } from './intake/registration.ts';
import { ensureInstallation } from './messages/resend-mark.ts';

const HELP = `Registers messages of intake journals and of NDJSON exports by hand, each once.

  npm run register -- FILE…                     lists what is not registered
  npm run register -- FILE… --show ID           shows one message with its headers and the beginning of its body
  npm run register -- FILE… --register ID…      registers these
  npm run register -- FILE… --all               registers all of them

DATABASE_URL (and BUSINESS_KEYS and CONTENT_KEYS, where the office has them) must be set as for the office. The files are only read.
Registering again adds nothing.`;

/** A mistake of whoever called, in words for them. */
class UsageError extends Error {}

const SHOWN_BYTES = 4096;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  try {
    return await run(args);
  } catch (error) {
    if (error instanceof UsageError) {
      complain(`${error.message}\n\n${HELP}`);
      return 2;
    }
    if (error instanceof ConfigError) {
      complain([error.message, ...error.problems.map((problem) => `  - ${problem}`)].join('\n'));
      return 2;
    }
    const code = codeOf(error);
    if (code === 'ER_NO_SUCH_TABLE') {
      complain('The database has not the tables of this version. Start the office of this version once.');
    } else if (databaseFault(error) === 'away') {
      complain(`The database cannot be reached (${code}). Nothing was changed by what was not reported above.`);
    } else complain(error instanceof Error ? error.message : String(error));
    return 1;
  }
}

async function run(args: string[]): Promise<number> {
  const { values, positionals } = readArguments(args);
  if (values.help === true) {
    say(HELP);
    return 0;
  }
  const wanted = values.register ?? [];
  // `--register A B`: what is no file is an id.
  const files = wanted.length === 0 ? positionals : positionals.filter((given) => existsSync(given));
  wanted.push(...positionals.filter((given) => !files.includes(given)));
  if (files.length === 0) throw new UsageError('Name at least one file.');
  const contentCipher = new ContentCipher(readContentKeys(process.env));
  const index = await readFiles(files, contentCipher);
  if (values.show !== undefined) return await show(index, values.show);
  const { databaseUrl, databaseTls, businessKeys } = readDatabaseConfig(process.env);
  const database = connectDatabase({ url: databaseUrl, tls: databaseTls, poolSize: 4, contentCipher });
  try {
    const open = await unregistered(database, index);
    if (values.all !== true && wanted.length === 0) {
      list(open);
      return 0;
    }
    const chosen = values.all === true ? open : open.filter(({ id }) => wanted.includes(id));
    let failed = 0;
    for (const id of values.all === true ? [] : wanted) {
      if (index.get(id) === undefined) {
        complain(`${id}: there is no such message in these files.`);
        failed += 1;
      } else if (!open.some((entry) => entry.id === id)) say(`${id}: registered before; nothing was added.`);
    }
    failed += await register(database, businessKeys, index, chosen);
    return failed === 0 ? 0 : 1;
  } finally {
    await database.destroy();
  }
}

function readArguments(args: string[]) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        help: { type: 'boolean', short: 'h' },
        show: { type: 'string' },
        register: { type: 'string', multiple: true },
        all: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

async function readFiles(paths: readonly string[], contentCipher: ContentCipher): Promise<JournalIndex> {
  const index = new JournalIndex(contentCipher);
  for (const path of paths) {
    const file = newJournalFile(path);
    try {
      await index.scan(file);
    } catch (error) {
      throw new UsageError(`${path} cannot be read (${codeOf(error)}).`);
    }
    if (file.strange > 0) complain(`${path}: ${file.strange} lines are not of a journal that this version knows.`);
  }
  return index;
}

async function unregistered(database: Database, index: JournalIndex): Promise<IndexedEntry[]> {
  const entries = index.entries();
  const known = await findOnRecord(
    database,
    await ensureInstallation(database),
    entries.map(({ id }) => id),
  );
  return entries.filter(({ id }) => !known.has(id));
}

function list(entries: readonly IndexedEntry[]): void {
  if (entries.length === 0) {
    say('Everything in these files is registered.');
    return;
  }
  const rows = entries.map(({ id, at, deadQueue, reason, bodySize }) => [
    id,
    at,
    printable(deadQueue),
    printable(reason.code),
    bodySize === null ? '?' : `${bodySize} B`,
  ]);
  const table = [['ID', 'AT', 'DEAD QUEUE', 'WHY', 'BODY'], ...rows];
  const widths = table[0]?.map((_, column) => Math.max(...table.map((row) => row[column]?.length ?? 0))) ?? [];
  for (const row of table)
    say(
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  say(`\n${entries.length} not registered. Show one with --show ID; register with --register ID… or --all.`);
}

async function show(index: JournalIndex, id: string): Promise<number> {
  const entry = index.get(id);
  if (entry === undefined) {
    complain(`There is no message ${id} that is not registered in these files.`);
    return 1;
  }
  const read = await index.read(entry);
  if (!isEntry(read)) {
    complain(`${id} cannot be read. ${inProblem(read)}`);
    return 1;
  }
  const { delivery, deadQueue, at, reason } = read;
  say(`id            ${id}`);
  say(`at            ${at.toISOString()}`);
  say(`dead queue    ${printable(deadQueue)}`);
  say(`why           ${printable(`${reason.code} ${reason.text}`.trim())}`);
  say(`exchange      ${printable(delivery.exchange)}`);
  say(`routing key   ${printable(delivery.routingKey)}`);
  say('\nproperties');
  for (const [name, value] of Object.entries(delivery.properties))
    say(`  ${name}: ${printable(JSON.stringify(value))}`);
  say('\nheaders');
  for (const { name, type, value } of delivery.headers ?? []) {
    say(`  ${printable(name)} (${type}): ${printable(JSON.stringify(value))}`);
  }
  const { body } = delivery;
  say(`\nbody (${body.length} B${body.length > SHOWN_BYTES ? `, the first ${SHOWN_BYTES}` : ''})`);
  say(printable(body.subarray(0, SHOWN_BYTES).toString('utf8'), true));
  return 0;
}

/** @returns how many could not be registered. */
async function register(
  database: Database,
  keyRules: ReturnType<typeof readDatabaseConfig>['businessKeys'],
  index: JournalIndex,
  entries: readonly IndexedEntry[],
): Promise<number> {
  const broker = await findBroker(database);
  if (broker === null) throw new Error('The office has not been started on this database yet.');
  const instance = await registerInstance({ database, logger: pino({ level: 'silent' }) });
  await openContentKeys(database, instance.id).catch(async (error: unknown) => {
    await instance.stop();
    throw error;
  });
  const names = new Names(database);
  const registration = new Registration({
    database,
    names,
    fingerprints: new FingerprintStore({ database, names, brokerId: broker.id }),
    brokerId: broker.id,
    brokerName: broker.name,
    installation: await ensureInstallation(database),
    instanceId: instance.id,
    keyRules,
  });
  const actor = { userId: null, username: `register: ${userInfo().username}`.slice(0, 64) };
  let failed = 0;
  const counts = new Map<string, number>();
  try {
    // Redeliveries come last: what they may be a redelivery of is on record by then.
    for (const entry of [...entries].sort((a, b) => Number(a.mayBeStored) - Number(b.mayBeStored))) {
      const { id, deadQueue, mayBeStored, state, hash } = entry;
      const read = await index.read(entry);
      const queueId = (await findDeadQueues(database, broker.id, [deadQueue])).get(deadQueue);
      const problem = !isEntry(read)
        ? inProblem(read)
        : queueId === undefined
          ? `${LINE_ERRORS['line.deadQueueMissing']} (${printable(deadQueue)})`
          : null;
      if (problem !== null || !isEntry(read) || queueId === undefined) {
        complain(`${id}: ${problem ?? ''}`);
        failed += 1;
        continue;
      }
      const [result] = await registration.register({
        deadQueue: { id: queueId, name: deadQueue },
        asks: mayBeStored ? 'all' : hash !== null && state !== 'acked' ? 'doubts' : 'nothing',
        state: 'closed',
        channel: null,
        items: [toRegistrable(read)],
        actor,
      });
      if (result === undefined) continue;
      say(`${id}: ${inWords(result)}`);
      counts.set(result.outcome, (counts.get(result.outcome) ?? 0) + 1);
      if (result.outcome === 'refused') failed += 1;
    }
  } finally {
    await instance.stop();
  }
  const total = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
  say(`\n${total === '' ? 'Nothing was registered.' : `${total}.`}`);
  return failed;
}

function inProblem({ code, params }: LineProblem): string {
  const { keyId } = params;
  return keyId === undefined ? LINE_ERRORS[code] : `${LINE_ERRORS[code]} (${printable(keyId)})`;
}

function inWords(result: Registered): string {
  if (result.outcome === 'registered') return `registered as message ${result.messageId}.`;
  if (result.outcome === 'already') return 'registered before; nothing was added.';
  const why = printable(`${result.reason.code} ${result.reason.text}`.trim());
  return result.outcome === 'rejected'
    ? `put into the rejects: the database did not take it (${why}).`
    : `not registered: the database did not take it (${why}).`;
}

/** Somebody else's text cannot steer the terminal. */
function printable(text: string, lines = false): string {
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  return text.replace(lines ? /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g : /[\u0000-\u001f\u007f-\u009f]/g, '\ufffd');
}

function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string') {
    return error.code;
  }
  return error instanceof Error ? error.name : 'unknown';
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

function complain(text: string): void {
  process.stderr.write(`${text}\n`);
}
