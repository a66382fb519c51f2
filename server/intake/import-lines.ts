import type { Readable } from 'node:stream';

import { LINE_ERRORS } from '../contract/rejects.ts';
import type { ImportAnswer } from '../contract/schemas/rejects.ts';
import type { Database } from '../database/connect.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
import { findDeadQueues } from '../dead-queues/dead-queue-store.ts';
import { AppError } from '../web/app-error.ts';

import { LineCutter, LineReader, type JournalEntry, type LineProblem } from './journal-lines.ts';
import { toRegistrable, type RegisteringActor } from './journal-registrar.ts';
import { noCounts } from './manual-registration.ts';
import type { Registration } from './registration.ts';

/** Bytes of one file. */
export const LARGEST_IMPORT = 2 * 1024 * 1024 * 1024;
const AT_ONCE = { messages: 200, bytes: 8 * 1024 * 1024 };
/** Problems that are told one by one; all are counted. */
const TOLD = 100;

interface ImportServices {
  database: Database;
  brokerId: string;
  registration: Registration;
}

type Line = { entry: JournalEntry; line: number };

/**
 * Registers the messages of a file as they come in, with few of them in memory: a journal, or an export of any
 * installation. Each once, by its id; a line that cannot be registered is told of, and keeps no other from being so.
 *
 * @throws AppError `request.tooLarge` beyond `LARGEST_IMPORT`; what was read by then is registered.
 */
export async function importLines(
  services: ImportServices,
  source: Readable,
  by: RegisteringActor,
): Promise<ImportAnswer> {
  const answer: ImportAnswer = { counts: noCounts(), problems: [], problemsTotal: 0 };
  const cutter = new LineCutter();
  const reader = new LineReader(contentCipherOf(services.database));
  let waiting: Line[] = [];
  let [bytes, total] = [0, 0];
  const take = async (text: string | null) => {
    await sort(reader.push(text));
  };
  const sort = async (read: ReturnType<LineReader['push']>) => {
    for (const one of read) {
      if (one.kind === 'problem') tell(answer, one.problem);
      else {
        waiting.push(one);
        bytes += one.entry.delivery.body.length;
      }
    }
    if (waiting.length >= AT_ONCE.messages || bytes >= AT_ONCE.bytes) await store();
  };
  const store = async () => {
    const some = waiting;
    [waiting, bytes] = [[], 0];
    await registerLines(services, some, by, answer);
  };
  for await (const chunk of source as AsyncIterable<Buffer>) {
    total += chunk.length;
    if (total > LARGEST_IMPORT) {
      await store();
      throw new AppError('request.tooLarge', { detail: 'The file is larger than 2 GiB. Import it in parts.' });
    }
    for (const { text } of cutter.push(chunk)) await take(text);
  }
  const last = cutter.last();
  if (last !== null) await take(last.text);
  await sort(reader.end());
  await store();
  return answer;
}

async function registerLines(
  { database, brokerId, registration }: ImportServices,
  lines: readonly Line[],
  { actor, requestId }: RegisteringActor,
  answer: ImportAnswer,
): Promise<void> {
  const names = [...new Set(lines.map(({ entry }) => entry.deadQueue))];
  const known = await findDeadQueues(database, brokerId, names);
  const groups = new Map<string, Line[]>();
  for (const given of lines) {
    const { entry, line } = given;
    if (!known.has(entry.deadQueue)) {
      answer.counts.refused += 1;
      tell(answer, { line, code: 'line.deadQueueMissing', params: { name: entry.deadQueue } });
      continue;
    }
    const key = JSON.stringify([entry.mayBeStored, entry.hash !== null, entry.deadQueue]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    group.push(given);
  }
  // Redeliveries come last: what they may be a redelivery of is on record by then.
  for (const [, group] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const first = group[0]?.entry;
    if (first === undefined) continue;
    const results = await registration.register({
      deadQueue: { id: known.get(first.deadQueue) ?? '', name: first.deadQueue },
      // Only what a journal holds can have been delivered again here.
      asks: first.mayBeStored ? 'all' : first.hash !== null ? 'doubts' : 'nothing',
      state: 'closed',
      channel: null,
      items: group.map(({ entry }) => toRegistrable(entry)),
      actor,
      requestId,
    });
    group.forEach(({ line }, index) => {
      const result = results[index];
      if (result === undefined) return;
      answer.counts[result.outcome] += 1;
      if (result.outcome === 'refused')
        tell(answer, { line, code: 'line.refused', params: { code: result.reason.code } });
    });
  }
}

function tell(answer: ImportAnswer, { line, code, params }: LineProblem): void {
  answer.problemsTotal += 1;
  if (answer.problems.length < TOLD) answer.problems.push({ line, code, params, detail: LINE_ERRORS[code] });
}
