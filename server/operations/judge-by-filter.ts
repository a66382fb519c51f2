import { z } from 'zod';

import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { PreviewedOperation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { idColumn, nameColumn } from '../database/columns.ts';
import { planSweep, sweepPart, type Sweep } from '../messages/message-sweep.ts';
import { destinationOf, resendable, type Destination, type ResendFacts } from '../messages/resendable.ts';
import type { Scope } from '../web/route.ts';

import { actions } from './actions.ts';
import { Judgement, SAMPLE, type JudgedSelection } from './judged-selection.ts';
import { readResendSources } from './resend-source.ts';
import { choicesOf, leavingOut, statusesTaken } from './selection.ts';
import { countSelection, summariseSelection, type AlikeMessages } from './selection-summary.ts';

type SelectionByFilter = Extract<PreviewedOperation['selection'], { filter: unknown }>;

/** An operator waits for the preview: what is not counted by then is told as "at least", in ms. */
const COUNT_WITHIN_MS = 700;
/** Of so many kinds of messages one is looked at more closely: where headers decide about its way. */
const MOST_EXAMPLES = 200;
/** Index entries walked for the sample. */
const SAMPLE_ENTRIES = 500;

/**
 * Counts what matches by kinds, from the index and the rows alone; headers and bodies are not read. What only they can
 * tell (a header that no broker carries) is found out when the message's turn comes.
 */
export async function judgeByFilter(
  { database, terms }: { database: Database; terms: () => BrokerTerms },
  request: PreviewedOperation,
  selection: SelectionByFilter,
  scope: Scope,
): Promise<JudgedSelection> {
  const statuses = statusesTaken(request);
  const upTo = selection.upToId ?? (await latestDeath(database));
  const sweep = await planSweep(database, selection.filter, scope, { statuses, upTo });
  // Counting alone comes much further in the same time than telling the kinds apart.
  const [counted, summary] = await Promise.all([
    countSelection(database, sweep, COUNT_WITHIN_MS),
    summariseSelection(database, sweep, { mostBytes: terms().mostBytes, withinMs: COUNT_WITHIN_MS }),
  ]);
  const { alike } = summary;
  const { count, exact } = summary.exact || summary.count > counted.count ? summary : counted;
  const byStatus: Partial<Record<MessageStatus, number>> = {};
  for (const kind of alike) byStatus[kind.status] = (byStatus[kind.status] ?? 0) + kind.count;
  const leftOutBecause = leavingOut(request);
  const judgement = new Judgement();
  const going: AlikeMessages[] = [];
  for (const kind of alike) {
    const because = leftOutBecause(kind);
    if (because === null) going.push(kind);
    else judgement.leaveOut(because, kind.count);
  }
  if (actions[request.action].work.kind === 'publish') await judgeKinds(database, going, request, terms(), judgement);
  return {
    count,
    exact,
    upToId: upTo,
    byStatus,
    left: judgement.left,
    targets: judgement.targets,
    inexact: judgement.inexact,
    sample: await readSample(database, sweep),
  };
}

async function judgeKinds(
  database: Database,
  kinds: readonly AlikeMessages[],
  request: PreviewedOperation,
  terms: BrokerTerms,
  judgement: Judgement,
): Promise<void> {
  const choices = choicesOf(request);
  const names = await readNames(database, kinds);
  const sent: { kind: AlikeMessages; destination: Destination; queue: string | null }[] = [];
  for (const kind of kinds) {
    const facts = factsOf(kind, names, terms);
    const verdict = resendable(facts, terms, choices);
    if (verdict.parts !== undefined) judgement.noteInexact(verdict.parts, kind.count);
    const destination = destinationOf(facts, choices.target);
    if (!verdict.ok || destination === null) {
      judgement.leaveOut(verdict.ok ? 'item.originUnknown' : verdict.code, kind.count);
    } else sent.push({ kind, destination, queue: facts.queue });
  }
  const examples = await readResendSources(
    database,
    [...sent]
      .sort((a, b) => b.kind.count - a.kind.count)
      .slice(0, MOST_EXAMPLES)
      .map(({ kind }) => kind.exampleDeathId),
  );
  for (const { kind, destination, queue } of sent) {
    judgement.messagesTo(destination).addAlike(queue, kind.count, examples.get(kind.exampleDeathId));
  }
}

/** What is known of each of them, in the words of a single message. */
function factsOf(kind: AlikeMessages, names: ReadonlyMap<string, string>, terms: BrokerTerms): ResendFacts {
  const nameOf = (id: string | null) => (id === null ? null : (names.get(id) ?? null));
  return {
    exchange: nameOf(kind.exchangeId),
    routingKeys: kind.routingKey === null ? [] : [kind.routingKey],
    queue: nameOf(kind.queueId),
    contentsPurged: kind.contentsPurged,
    bodySize: kind.tooLarge ? (terms.mostBytes ?? 0) + 1 : 0,
    stripHeaders: [],
    inexactParts: kind.guessed ? ['body'] : [],
  };
}

const nameRow = z.object({ id: idColumn, value: nameColumn });

async function readNames(database: Database, kinds: readonly AlikeMessages[]): Promise<Map<string, string>> {
  const ids = [...new Set(kinds.flatMap(({ exchangeId, queueId }) => [exchangeId ?? [], queueId ?? []].flat()))];
  if (ids.length === 0) return new Map();
  const rows: unknown[] = await database('names').whereIn('id', ids).select('id', 'value');
  return new Map(
    z
      .array(nameRow)
      .parse(rows)
      .map(({ id, value }) => [id, value]),
  );
}

async function latestDeath(database: Database): Promise<string> {
  const row: unknown = await database('deaths').orderBy('id', 'desc').first('id');
  // Ids begin at 1: an empty office has a selection of nothing.
  return row === undefined ? '1' : z.object({ id: idColumn }).parse(row).id;
}

async function readSample(database: Database, sweep: Sweep): Promise<string[]> {
  const part = await sweepPart(database, sweep, { after: null, entries: SAMPLE_ENTRIES, columns: ['id'] });
  if (part === null) return [];
  const [rows] = (await database.raw(`SELECT id FROM (${part.sql}) AS found LIMIT ${SAMPLE}`, part.bindings)) as [
    unknown[],
  ];
  return z
    .array(z.object({ id: idColumn }))
    .parse(rows)
    .map(({ id }) => id);
}
