import { z } from 'zod';

import type { Database, Transaction } from '../database/connect.ts';
import { INSTANCE_SILENT_SECONDS } from '../database/instance.ts';
import { countColumn, idColumn } from '../database/columns.ts';

/**
 * The states of a batch in `intake_batches`.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | `committed` | stored; its ack may or may not have been processed | a round trip on its channel → fenced; its channel died → lost |
 * | `lost` | its channel died before the round trip, or the broker ended its consumer: its messages may be delivered again | queue seen empty since, or a day → closed |
 * | `fenced` | its ack was processed: nothing of it comes back while the broker lives | age or number → closed |
 * | `closed` | it meets no redelivery any more; its rows have left `recent_arrivals` | |
 */
export const BATCH_STATES = ['committed', 'lost', 'fenced', 'closed'] as const;
export type BatchState = (typeof BATCH_STATES)[number];

/**
 * Whether the messages of a batch can be delivered again, as far as one instance knows.
 * `open`: no, they are unacked on a living channel of ours, or acked. `unclear`: another instance has it, and will say
 * soon, or fall silent.
 */
export type Fate = 'open' | 'lost' | 'fenced' | 'unclear';

/** A stored death that could be what was delivered again. */
export interface Candidate {
  hash: Buffer;
  deathId: string;
  /** Null for one that lies in the rejects. */
  messageId: string | null;
  batchId: string;
  fate: Fate;
  /** By which it was acked last. */
  channel: string;
  /** It was a redelivery to whoever stored it; null of one that lies in the rejects. */
  redelivered: boolean | null;
  /** Another instance stored it, and to that one it was a redelivery. */
  storedAgainElsewhere: boolean;
  /** The batch that has taken a redelivery for it, and that one's own fate. */
  answeredBy: string | null;
  answerFate: Fate | null;
}

export interface NewBatch {
  id: bigint;
  deadQueueId: string;
  instanceId: string;
  channel: string;
  state: BatchState;
  messageCount: number;
  committedAt: Date;
}

/** Hashes in one look-up, rows in one claim. */
const AT_ONCE = 200;

/** The first statement of a batch's transaction: its id is the token by which it is known whether it was committed. */
export async function insertBatch(transaction: Transaction, batch: NewBatch): Promise<void> {
  await transaction('intake_batches').insert({
    id: batch.id.toString(),
    dead_queue_id: batch.deadQueueId,
    instance_id: batch.instanceId,
    channel: batch.channel,
    state: batch.state,
    message_count: batch.messageCount,
    committed_at: batch.committedAt,
    closed_at: batch.state === 'closed' ? batch.committedAt : null,
  });
}

/**
 * Whether a batch was committed, for good: a transaction whose commit is still on its way holds its row, and is waited
 * for (`conflict` when that takes too long).
 */
export async function wasCommitted(database: Database, batchId: bigint): Promise<boolean> {
  const [rows] = (await database.raw('SELECT id FROM intake_batches WHERE id = ? LOCK IN SHARE MODE', [
    batchId.toString(),
  ])) as [unknown[]];
  return rows.length > 0;
}

/** Moves batches on; those that another one moved already stay. */
export async function moveBatches(
  database: Database,
  batchIds: readonly string[],
  from: BatchState,
  to: BatchState,
): Promise<void> {
  if (batchIds.length === 0) return;
  await database('intake_batches').whereIn('id', batchIds).where('state', from).update({ state: to });
}

const side = { state: z.enum(BATCH_STATES), instance: idColumn, dead: countColumn };
const row = z.object({
  content_hash: z.instanceof(Buffer),
  death_id: idColumn,
  batch_id: idColumn,
  answered_by: idColumn.nullable(),
  message_id: idColumn.nullable(),
  redelivered: countColumn.nullable(),
  channel: z.string(),
  answer_channel: z.string().nullable(),
  state: side.state,
  instance: side.instance,
  dead: side.dead,
  answer_state: side.state.nullable(),
  answer_instance: side.instance.nullable(),
  answer_dead: side.dead.nullable(),
});

const DEAD = `(%.stopped_at IS NOT NULL OR %.last_seen_at < UTC_TIMESTAMP(3) - INTERVAL ${INSTANCE_SILENT_SECONDS} SECOND)`;

/** The stored deaths with these hashes, oldest first. Transactions that are writing such a death now are waited for. */
export async function findCandidates(
  database: Database,
  { deadQueueId, instanceId, hashes }: { deadQueueId: string; instanceId: string; hashes: readonly Buffer[] },
): Promise<Candidate[]> {
  const found: Candidate[] = [];
  for (let start = 0; start < hashes.length; start += AT_ONCE) {
    const some = hashes.slice(start, start + AT_ONCE);
    const where = `r.dead_queue_id = ? AND r.content_hash IN (${some.map(() => '?').join(', ')})`;
    // Another instance may hold the same message in a transaction that has not been committed yet: its rows are locked.
    await database.raw(`SELECT r.death_id FROM recent_arrivals r WHERE ${where} LOCK IN SHARE MODE`, [
      deadQueueId,
      ...some,
    ]);
    const [rows] = (await database.raw(
      `SELECT r.content_hash, r.death_id, r.batch_id, r.answered_by, d.message_id, d.redelivered, b.channel, a.channel AS answer_channel,
              b.state AS state, b.instance_id AS instance, ${DEAD.replaceAll('%', 'bi')} AS dead,
              a.state AS answer_state, a.instance_id AS answer_instance, ${DEAD.replaceAll('%', 'ai')} AS answer_dead
       FROM recent_arrivals r
       JOIN intake_batches b ON b.id = r.batch_id JOIN instances bi ON bi.id = b.instance_id
       LEFT JOIN intake_batches a ON a.id = r.answered_by LEFT JOIN instances ai ON ai.id = a.instance_id
       LEFT JOIN deaths d ON d.id = r.death_id
       WHERE ${where} ORDER BY r.death_id`,
      [deadQueueId, ...some],
    )) as [unknown[]];
    found.push(
      ...z
        .array(row)
        .parse(rows)
        .map((given) => toCandidate(given, instanceId)),
    );
  }
  return found;
}

function toCandidate(given: z.infer<typeof row>, ourInstanceId: string): Candidate {
  const fateOf = (state: BatchState, instance: string, dead: number): Fate => {
    if (state === 'lost') return 'lost';
    if (state !== 'committed') return 'fenced';
    if (instance === ourInstanceId) return 'open';
    return dead !== 0 ? 'lost' : 'unclear';
  };
  const { answer_state, answer_instance, answer_dead } = given;
  return {
    hash: given.content_hash,
    deathId: given.death_id,
    messageId: given.message_id,
    batchId: given.batch_id,
    fate: fateOf(given.state, given.instance, given.dead),
    channel: given.answer_channel ?? given.channel,
    redelivered: given.redelivered === null ? null : given.redelivered === 1,
    storedAgainElsewhere: given.instance !== ourInstanceId && given.redelivered === 1,
    answeredBy: given.answered_by,
    answerFate:
      answer_state === null || answer_instance === null
        ? null
        : fateOf(answer_state, answer_instance, answer_dead ?? 0),
  };
}

/** What came with one ack: the deaths that a batch stored, and those for which it took a redelivery. */
export interface AckedTogether {
  /** By hash in base64: how many of them have it. */
  hashes: Map<string, number>;
  /** One of them was delivered again since. */
  cameBack: boolean;
}

const ackedRow = z.object({ content_hash: z.instanceof(Buffer), batch_id: idColumn, answered_by: idColumn.nullable() });

/**
 * What else was acked with the stored deaths that these batches acked, by batch.
 *
 * @param batches `stored`: batches that stored them; `answered`: batches that took redeliveries, which no index leads to.
 */
export async function findAckedTogether(
  database: Database,
  { deadQueueId, stored, answered }: { deadQueueId: string; stored: readonly string[]; answered: readonly string[] },
): Promise<Map<string, AckedTogether>> {
  const found = new Map<string, AckedTogether>();
  if (stored.length === 0 && answered.length === 0) return found;
  const rows: unknown[] = await database('recent_arrivals')
    .where({ dead_queue_id: deadQueueId })
    .where((any) => {
      void any.whereIn('batch_id', [...stored, ...answered]);
      if (answered.length > 0) void any.orWhereIn('answered_by', answered);
    })
    .select('content_hash', 'batch_id', 'answered_by');
  for (const { content_hash, batch_id, answered_by } of z.array(ackedRow).parse(rows)) {
    for (const batchId of new Set([batch_id, answered_by])) {
      if (batchId === null) continue;
      const known = found.get(batchId) ?? { hashes: new Map<string, number>(), cameBack: false };
      const hash = content_hash.toString('base64');
      known.hashes.set(hash, (known.hashes.get(hash) ?? 0) + 1);
      if (batchId === batch_id && answered_by !== null) known.cameBack = true;
      found.set(batchId, known);
    }
  }
  return found;
}

const otherRow = z.object({ content_hash: z.instanceof(Buffer), death_id: idColumn });

/**
 * The deaths that other instances have stored with these hashes; to be asked in a batch's own transaction after its
 * rows are in. Of two instances that store the same message at once each one's rows are locked by then, so one of them
 * sees the other's (or is told of the deadlock, and sees them the next time).
 */
export async function findOthers(
  transaction: Transaction,
  { deadQueueId, instanceId, hashes }: { deadQueueId: string; instanceId: string; hashes: readonly Buffer[] },
): Promise<{ hash: Buffer; deathId: string }[]> {
  const found: { hash: Buffer; deathId: string }[] = [];
  for (let start = 0; start < hashes.length; start += AT_ONCE) {
    const some = hashes.slice(start, start + AT_ONCE);
    const [rows] = (await transaction.raw(
      `SELECT r.content_hash, r.death_id FROM recent_arrivals r JOIN intake_batches b ON b.id = r.batch_id
       WHERE r.dead_queue_id = ? AND r.content_hash IN (${some.map(() => '?').join(', ')}) AND b.instance_id <> ?
       LOCK IN SHARE MODE`,
      [deadQueueId, ...some, instanceId],
    )) as [unknown[]];
    for (const given of z.array(otherRow).parse(rows)) {
      found.push({ hash: given.content_hash, deathId: given.death_id });
    }
  }
  return found;
}

/**
 * Takes stored deaths as the answers to redeliveries, each once: only as long as nobody else has taken it since it was
 * looked up.
 *
 * @returns false when one of them was taken; the transaction must then be rolled back.
 */
export async function claimAnswers(
  transaction: Transaction,
  { deadQueueId, batchId, answers }: { deadQueueId: string; batchId: bigint; answers: readonly Candidate[] },
): Promise<boolean> {
  for (let start = 0; start < answers.length; start += AT_ONCE) {
    const some = answers.slice(start, start + AT_ONCE);
    const changed = await transaction('recent_arrivals')
      .where({ dead_queue_id: deadQueueId })
      .where((any) => {
        for (const { hash, deathId, answeredBy } of some) {
          void any.orWhere({ content_hash: hash, death_id: deathId, answered_by: answeredBy });
        }
      })
      .update({ answered_by: batchId.toString() });
    if (changed !== some.length) return false;
  }
  return true;
}
