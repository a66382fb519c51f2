import { z } from 'zod';

import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import type { Outcome } from '../../../server/contract/operations.ts';
import { OUTCOMES } from '../../../server/contract/operations.ts';
import { MESSAGE_STATUSES } from '../../../server/contract/messages.ts';
import { idColumn } from '../../../server/database/columns.ts';
import { ensureInstallation, readResendMark } from '../../../server/messages/resend-mark.ts';
import { readOperation } from '../../../server/operations/operation-queries.ts';
import { planOperation } from '../../../server/operations/planner.ts';
import { ACTOR } from '../../support/operations.ts';
import { waitFor } from '../../support/services.ts';

import { numberOf } from './book.ts';
import type { Fault } from './fault.ts';
import type { LedgerRow } from './ledger-row.ts';
import { Stage, type StageOptions } from './stage.ts';

const RECOVERS_WITHIN_MS = 90_000;
/** Published at once. */
const PORTION = 200;
/** Resends a second: the operation is then not over before the fault comes. */
const RATE = 400;
/** Times that what is in doubt, or was refused, is resent by hand. */
const MOST_BY_HAND = 5;

interface Item {
  messageId: string;
  outcome: Outcome | null;
  status: (typeof MESSAGE_STATUSES)[number];
}

const itemRow = z
  .object({ message_id: idColumn, outcome: z.enum(OUTCOMES).nullable(), status: z.enum(MESSAGE_STATUSES) })
  .transform(({ message_id, outcome, status }): Item => ({ messageId: message_id, outcome, status }));

/** Takes dead letters in, causes the fault while they are resent, and counts what arrives at their destination. */
export async function playOperations(fault: Fault, options: StageOptions): Promise<LedgerRow> {
  const stage = await Stage.open({ ...options, book: { ...options.book, twinsEvery: 50 } });
  try {
    return await play(stage, fault);
  } catch (error) {
    throw new Error(`${fault.name}, operations, ${options.queueType}: ${String(error)}\n${stage.said()}`, {
      cause: error,
    });
  } finally {
    await stage.close();
  }
}

async function play(stage: Stage, fault: Fault): Promise<LedgerRow> {
  const { queueType } = stage.options;
  await fault.prepare?.(stage);
  const resends = await takeAllIn(stage, fault);
  const operations = new Set<string>();
  stage.done = () => resends.done(operations);
  for (const ids of divided(await resends.messageIds(), fault.operations ?? 1)) {
    operations.add(await resends.plan(ids, fault.operations === undefined ? RATE : null));
  }
  await stage.progress(Math.floor(stage.book.messages * (0.05 + Math.random() * 0.2)));
  await stage.anyMoment();
  const note = await fault.cause(stage);
  const mended = performance.now();
  let seconds: number | null = null;
  if (await resends.ended(operations, fault.recoversWithinMs ?? RECOVERS_WITHIN_MS)) {
    seconds = (performance.now() - mended) / 1000;
  }
  const said = seconds === null ? stage.said() : '';

  // Somebody decides about those in doubt, and resends what was refused.
  const doubts = new Map<string, number>();
  const wrong: string[] = [];
  for (let byHand = 0; byHand <= MOST_BY_HAND && seconds !== null; byHand += 1) {
    const items = await resends.items(operations);
    for (const { messageId, outcome, status } of items) {
      if (outcome === 'unknown') doubts.set(messageId, (doubts.get(messageId) ?? 0) + 1);
      if (outcome === null) wrong.push(`message ${messageId} has no outcome`);
      if (outcome === 'confirmed' && status !== 'resent') wrong.push(`message ${messageId} is ${status}`);
    }
    const again = items.filter(({ outcome }) => outcome !== 'confirmed').map(({ messageId }) => messageId);
    if (again.length === 0) break;
    operations.clear();
    operations.add(await resends.plan(again, null));
    if (!(await resends.ended(operations, RECOVERS_WITHIN_MS))) seconds = null;
  }
  await stage.stopOffices();

  const copies = await resends.arrived();
  let [lost, doubled] = [0, 0];
  for (const messageId of await resends.messageIds()) {
    const there = copies.get(messageId) ?? 0;
    copies.delete(messageId);
    if (there === 0) lost += 1;
    const most = 1 + (doubts.get(messageId) ?? 0);
    if (there > most) doubled += there - most;
    if (there === 0 || there > most) wrong.push(`message ${messageId} arrived ${there} times, at most ${most}`);
  }
  if (copies.size > 0) wrong.push(`${copies.size} arrived that nobody resent`);
  doubled += copies.size;
  const unknown = [...doubts.values()].reduce((sum, times) => sum + times, 0);
  const remarks = [...(note === undefined ? [] : [note]), ...wrong.slice(0, 10), ...(said === '' ? [] : [said])];
  const counts = { messages: stage.book.messages, lost, doubled, marked: 0, unknown };
  return { fault: fault.name, side: 'operations', queueType, ...counts, seconds, note: remarks.join('; ') };
}

/** Everything is published, rejected, taken in; the worker is gone, so what is resent stays where it arrives. */
async function takeAllIn(stage: Stage, fault: Fault): Promise<Resends> {
  const { topology, book, options } = stage;
  for (let instance = 0; instance < (fault.instances ?? 1); instance += 1) stage.start();
  await topology.startRejecting();
  while (book.messages < options.messages) {
    await topology.publish(
      Array.from({ length: PORTION }, () => book.next()),
      'rejected',
    );
  }
  await Promise.all(stage.offices.map((office) => office.ready()));
  let stored = 0;
  await waitFor(async () => (stored = await stage.store.stored()) >= book.messages, {
    deadlineMs: 60_000,
    describe: () => `${book.messages} to be taken in; there are ${stored}`,
  });
  await topology.stopRejecting();
  return await Resends.on(stage);
}

/** What an operator does, and what becomes of it. */
class Resends {
  readonly #stage: Stage;
  readonly #installation: Awaited<ReturnType<typeof ensureInstallation>>;

  private constructor(stage: Stage, installation: Awaited<ReturnType<typeof ensureInstallation>>) {
    this.#stage = stage;
    this.#installation = installation;
  }

  static async on(stage: Stage): Promise<Resends> {
    return new Resends(stage, await ensureInstallation(stage.store.database));
  }

  async messageIds(): Promise<string[]> {
    return await this.#asked(async (database) => {
      const ids: unknown[] = await database('failed_messages').orderBy('id').pluck('id');
      return z.array(idColumn).parse(ids);
    });
  }

  async plan(ids: string[], ratePerSecond: number | null): Promise<string> {
    const request = {
      action: 'resend' as const,
      selection: { ids },
      ...(ratePerSecond === null ? {} : { ratePerSecond }),
    };
    const order = { request, actor: ACTOR, requestId: 'ledger', idempotencyKey: null };
    return (await planOperation(this.#stage.store.database, order, { reasonRequiredFrom: null })).id;
  }

  /** Items that have their outcome. */
  async done(operations: ReadonlySet<string>): Promise<number> {
    return (await this.items(operations)).filter(({ outcome }) => outcome !== null).length;
  }

  async ended(operations: ReadonlySet<string>, deadlineMs: number): Promise<boolean> {
    const { database } = this.#stage.store;
    const isOver = async () => {
      const all = await Promise.all([...operations].map((id) => readOperation(database, id, null)));
      return all.every(({ finishedAt }) => finishedAt !== null);
    };
    return await waitFor(isOver, { deadlineMs }).catch(() => false as const);
  }

  async items(operations: ReadonlySet<string>): Promise<Item[]> {
    return await this.#asked(async (database) => {
      const rows: unknown[] = await database('operation_items')
        .join('failed_messages', 'failed_messages.id', 'operation_items.message_id')
        .whereIn('operation_items.operation_id', [...operations])
        .select('operation_items.message_id', 'outcome', 'failed_messages.status');
      return z.array(itemRow).parse(rows);
    });
  }

  /** How often each message is at its destination, by the mark that it bears. */
  async arrived(): Promise<Map<string, number>> {
    const { topology, book } = this.#stage;
    const copies = new Map<string, number>();
    for (const { body, headers = [] } of await topology.drain(topology.workQueue)) {
      const mark = headers.find(({ name }) => name === OFFICE_HEADER)?.value;
      const known = typeof mark === 'string' ? readResendMark(this.#installation, mark) : null;
      const number = numberOf(body);
      const name = known !== null && number !== null && book.entries.has(number) ? known.messageId : 'not ours';
      copies.set(name, (copies.get(name) ?? 0) + 1);
    }
    return copies;
  }

  /** A connection of the pool may be one of a server that was killed since. */
  async #asked<T>(ask: (database: Stage['store']['database']) => Promise<T>): Promise<T> {
    let answer: T | undefined;
    await waitFor(
      async () => {
        answer = await ask(this.#stage.store.database);
        return true;
      },
      { deadlineMs: 20_000, describe: 'the database to answer' },
    );
    return answer as T;
  }
}

function divided(ids: string[], parts: number): string[][] {
  const size = Math.ceil(ids.length / parts);
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, part) => ids.slice(part * size, (part + 1) * size));
}
