import { z } from 'zod';

import type { BodyPreview } from '../messages/body-preview.ts';
import { bodyPreview, PREVIEW_BYTES } from '../messages/body-preview.ts';
import { readBodies, readChunk, readStart } from '../messages/body-chunks.ts';
import { readableHeaders } from '../messages/readable-headers.ts';
import type {
  Reject,
  RejectList,
  RegisterAnswer,
  RegistrationCounts,
  UnmaskedReject,
  RejectListQuery,
} from '../contract/schemas/rejects.ts';
import type { RegistrationOutcome } from '../contract/rejects.ts';
import type { Database } from '../database/connect.ts';
import { readSeenNames } from '../dead-queues/dead-queue-store.ts';
import { AppError } from '../web/app-error.ts';
import type { Scope } from '../web/route.ts';
import { COUNT_CAP, decodeCursor, encodeCursor, listAnswer, pagingOf } from '../web/list-query.ts';

import type { IndexedEntry } from './journal-index.ts';
import type { LineProblem } from './journal-lines.ts';
import { isEntry, type RegisteringActor } from './journal-registrar.ts';
import type { ManualRegistrationParts } from './intake.ts';
import {
  countElsewhere,
  countRejects,
  readRejectContents,
  readRejects,
  type RejectContents,
} from './reject-queries.ts';
import type { Registered, Registrable } from './registration.ts';

const DECIMAL = /^[1-9]\d{0,18}$/;
const cursorShape = z.union([
  z.tuple([z.literal('journal'), z.string()]),
  z.tuple([z.literal('rejects'), z.string().regex(/^\d{1,19}$/)]),
]);

/** Results that are told one by one; all are counted. */
const TOLD = 1000;
/** Rejects that are read and stored at once, and bytes of their bodies. */
const AT_ONCE = { rejects: 100, bytes: 8 * 1024 * 1024 };
/** Registering all answers after so many ms at the latest, and says how many are left. */
const ALL_WITHIN_MS = 20_000;

/**
 * What is not registered, here and in the journal of this instance, and registering it because somebody asks for it. What
 * did not come by a dead queue in their scope is not there.
 */
export class ManualRegistration {
  readonly #database: Database;
  readonly #parts: ManualRegistrationParts;
  readonly #scope: Scope;
  /** Of the dead queues in scope, as the journal names them. */
  #seenNames: ReadonlySet<string> | null = null;

  constructor(database: Database, parts: ManualRegistrationParts, scope: Scope) {
    this.#database = database;
    this.#parts = parts;
    this.#scope = scope;
  }

  /** What lies in the journal first, each newest first. */
  async list(query: RejectListQuery): Promise<RejectList> {
    await this.#refresh();
    const paging = pagingOf(query);
    const { limit, offset, after, before } = paging;
    const journal = this.#journalled();
    const cursor = after ?? before;
    const [place, key] = cursor === undefined ? [] : decodeCursor(cursor, cursorShape);
    const backwards = before !== undefined;
    const wanted = limit + 1;
    const edge = place === 'journal' ? journal.findIndex(({ id }) => id === key) : -1;
    let rows: Reject[];
    if (backwards) {
      const rejects =
        place === 'rejects' ? await this.#rejects({ backwards, offset: 0, limit: wanted, beyond: key }) : [];
      const earlier = place === 'rejects' ? journal : journal.slice(0, Math.max(0, edge));
      rows = [...rejects, ...earlier.reverse()].slice(0, wanted);
    } else {
      const from = place === 'rejects' ? journal.length : place === 'journal' ? edge + 1 : offset;
      const first = journal.slice(from, from + wanted);
      const missing = wanted - first.length;
      const skipped = cursor === undefined ? Math.max(0, offset - journal.length) : 0;
      const rejects =
        missing === 0
          ? []
          : await this.#rejects({
              backwards,
              offset: skipped,
              limit: missing,
              ...(place === 'rejects' ? { beyond: key } : {}),
            });
      rows = [...first, ...rejects];
    }
    const answer = listAnswer({
      rows,
      paging,
      toItem: (item) => item,
      cursorOf: (item) => encodeCursor([item.place, item.id]),
      counted: Math.min(COUNT_CAP, journal.length + (await countRejects(this.#database, this.#scope, COUNT_CAP))),
    });
    // Of what lies in other journals it is not known by which dead queues it came.
    const elsewhere = this.#scope === null ? await countElsewhere(this.#database, this.#parts.journal.instanceIds) : 0;
    return { ...answer, elsewhere };
  }

  /** @throws AppError `reject.notFound`. */
  async detail(id: string): Promise<UnmaskedReject> {
    await this.#refresh();
    const entry = this.#entry(id);
    if (entry !== undefined) return await this.#journalDetail(entry);
    const contents = await this.#contentsOf(id);
    const { reject, properties, headers = [], chunkCount } = contents;
    const start =
      chunkCount === 0
        ? Buffer.alloc(0)
        : await readStart(this.#database, { contentId: id, of: chunkCount }, 'raw', PREVIEW_BYTES);
    return {
      ...reject,
      properties,
      headers: readableHeaders(headers),
      headersTyped: headers,
      contentType: properties.contentType ?? null,
      bodyPreview: start === null ? null : bodyPreview(start, reject.bodySize ?? 0),
    };
  }

  async #journalDetail(entry: IndexedEntry): Promise<UnmaskedReject> {
    const read = await this.#parts.journal.read(entry);
    const shown = toReject(entry);
    if (!isEntry(read)) {
      const unreadable = unreadableEntry(read);
      if (unreadable !== null) throw unreadable;
      return { ...shown, properties: {}, headers: {}, headersTyped: [], contentType: null, bodyPreview: null };
    }
    const { properties, headers = [], body } = read.delivery;
    const preview: BodyPreview = bodyPreview(body, body.length);
    return {
      ...shown,
      bodySize: body.length,
      properties,
      headers: readableHeaders(headers),
      headersTyped: headers,
      contentType: properties.contentType ?? null,
      bodyPreview: preview,
    };
  }

  /** @throws AppError `reject.notFound`. */
  async body(id: string): Promise<Buffer> {
    await this.#refresh();
    const entry = this.#entry(id);
    if (entry === undefined) {
      const { chunkCount } = await this.#contentsOf(id);
      const chunks: Buffer[] = [];
      for (let number = 0; number < chunkCount; number += 1) {
        const chunk = await readChunk(this.#database, { contentId: id, number, of: chunkCount }, 'raw');
        if (chunk === null) throw new AppError('reject.notFound');
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    }
    const read = await this.#parts.journal.read(entry);
    if (!isEntry(read)) throw unreadableEntry(read) ?? new AppError('reject.notFound');
    return read.delivery.body;
  }

  /** Registers these. What is registered already, or is not there, adds nothing. */
  async register(ids: readonly string[], by: RegisteringActor): Promise<RegisterAnswer> {
    await this.#refresh();
    const unique = [...new Set(ids)];
    const outcomes = new Map<string, Registered>();
    const inJournal = unique.filter((id) => this.#entry(id) !== undefined);
    const results = await this.#parts.registrar.registerByHand(inJournal, by);
    inJournal.forEach((id, index) => {
      const result = results[index];
      if (result) outcomes.set(id, result);
    });
    const rest = unique.filter((id) => DECIMAL.test(id) && !inJournal.includes(id));
    for (let start = 0; start < rest.length; start += AT_ONCE.rejects) {
      await this.#registerRejects(rest.slice(start, start + AT_ONCE.rejects), outcomes, by);
    }
    const answer = newAnswer();
    for (const id of unique) tell(answer, id, outcomes.get(id) ?? null);
    return await this.#finish(answer);
  }

  /** Registers everything, oldest first, as far as it comes in some seconds. */
  async registerAll(by: RegisteringActor): Promise<RegisterAnswer> {
    const deadline = performance.now() + ALL_WITHIN_MS;
    await this.#refresh();
    const answer = newAnswer();
    const entries = this.#entries().map(({ id }) => id);
    for (let start = 0; start < entries.length && performance.now() < deadline; start += TOLD) {
      const some = entries.slice(start, start + TOLD);
      const results = await this.#parts.registrar.registerByHand(some, by);
      some.forEach((id, index) => {
        tell(answer, id, results[index] ?? null);
      });
    }
    let beyond = '0';
    while (performance.now() < deadline) {
      const page = await this.#rejects({ backwards: true, offset: 0, limit: AT_ONCE.rejects, beyond });
      const last = page.at(-1);
      if (last === undefined) break;
      beyond = last.id;
      const outcomes = new Map<string, Registered>();
      const ids = page.map(({ id }) => id);
      await this.#registerRejects(ids, outcomes, by);
      for (const id of ids) tell(answer, id, outcomes.get(id) ?? null);
    }
    return await this.#finish(answer);
  }

  async #finish(answer: RegisterAnswer): Promise<RegisterAnswer> {
    answer.left = this.#entries().length + (await countRejects(this.#database, this.#scope, COUNT_CAP));
    return answer;
  }

  async #registerRejects(
    ids: readonly string[],
    outcomes: Map<string, Registered>,
    by: RegisteringActor,
  ): Promise<void> {
    const byQueue = new Map<string, RejectContents[]>();
    for (const contents of await readRejectContents(this.#database, ids, this.#scope)) {
      if ('unreadable' in contents) {
        outcomes.set(contents.reject.id, unreadableReject(contents.unreadable));
        continue;
      }
      const group = byQueue.get(contents.deadQueueId) ?? [];
      byQueue.set(contents.deadQueueId, group);
      group.push(contents);
    }
    for (const group of byQueue.values()) {
      for (const some of portions(group)) await this.#registerGroup(some, outcomes, by);
    }
  }

  async #registerGroup(
    group: readonly RejectContents[],
    outcomes: Map<string, Registered>,
    { actor, requestId }: RegisteringActor,
  ): Promise<void> {
    const [first] = group;
    if (first === undefined) return;
    const bodies = await readBodies(
      this.#database,
      group.map(({ reject }) => ({ contentId: reject.id, encoding: 'raw' })),
    );
    for (const { reject } of group) {
      // Gone meanwhile it is shorter; one that does not come at all cannot be decrypted.
      if (!bodies.has(reject.id)) outcomes.set(reject.id, unreadableReject(await this.#whyUnreadable(reject)));
    }
    const whole = group.filter(({ reject }) => bodies.get(reject.id)?.length === reject.bodySize);
    const items = whole.map(({ reject, properties, headers, redelivered }): Registrable => ({
      from: { kind: 'reject', id: reject.id },
      at: new Date(reject.at),
      batchId: null,
      delivery: {
        exchange: reject.exchange,
        routingKey: reject.routingKey,
        redelivered,
        properties,
        ...(headers === undefined ? {} : { headers }),
        body: bodies.get(reject.id) ?? Buffer.alloc(0),
      },
    }));
    const results = await this.#parts.registration.register({
      deadQueue: { id: first.deadQueueId, name: first.reject.deadQueue },
      // Redeliveries of a reject meet the reject itself, which stays on record.
      asks: 'nothing',
      state: 'closed',
      channel: null,
      items,
      actor,
      requestId,
    });
    items.forEach(({ from }, index) => {
      const result = results[index];
      if (result !== undefined) outcomes.set(from.id, result);
    });
  }

  async #whyUnreadable({ id }: Reject): Promise<AppError> {
    try {
      await this.body(id);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    return new AppError('reject.notFound');
  }

  async #contentsOf(id: string): Promise<RejectContents> {
    const [found] = DECIMAL.test(id) ? await readRejectContents(this.#database, [id], this.#scope) : [];
    if (found === undefined) throw new AppError('reject.notFound');
    if ('unreadable' in found) throw found.unreadable;
    return found;
  }

  async #rejects(options: Parameters<typeof readRejects>[2]): Promise<Reject[]> {
    return await readRejects(this.#database, this.#scope, options);
  }

  #entry(id: string): IndexedEntry | undefined {
    const entry = this.#parts.journal.index.get(id);
    return entry !== undefined && this.#isSeen(entry) ? entry : undefined;
  }

  #entries(): IndexedEntry[] {
    return this.#parts.journal.index.entries().filter((entry) => this.#isSeen(entry));
  }

  #isSeen({ deadQueue }: IndexedEntry): boolean {
    return this.#scope === null || this.#seenNames?.has(deadQueue) === true;
  }

  #journalled(): Reject[] {
    const entries = this.#entries().map(toReject);
    return entries.sort((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? 1 : -1));
  }

  async #refresh(): Promise<void> {
    this.#seenNames = await readSeenNames(this.#database, this.#scope);
    await this.#parts.registrar.refresh();
  }
}

function unreadableReject(error: AppError): Registered {
  return { outcome: 'refused', reason: { code: error.code, text: error.message } };
}

/** Where an entry of the journal cannot be decrypted. */
function unreadableEntry({ code, params }: LineProblem): AppError | null {
  if (code === 'line.keyMissing') return new AppError('contents.keyMissing', { params });
  return code === 'line.damaged' ? new AppError('contents.damaged', { params }) : null;
}

function toReject(entry: IndexedEntry): Reject {
  const { id, deadQueue, at, reason, exchange, routingKey, bodySize } = entry;
  return {
    id,
    place: 'journal',
    deadQueue,
    at: new Date(at).toISOString(),
    code: reason.code,
    text: reason.text,
    exchange,
    routingKey,
    bodySize,
  };
}

function newAnswer(): RegisterAnswer {
  return { counts: noCounts(), results: [], left: 0 };
}

export function noCounts(): RegistrationCounts {
  return { registered: 0, already: 0, rejected: 0, refused: 0, missing: 0 };
}

function tell(answer: RegisterAnswer, id: string, result: Registered | null): void {
  const outcome: RegistrationOutcome = result?.outcome ?? 'missing';
  answer.counts[outcome] += 1;
  if (answer.results.length >= TOLD) return;
  const reason = result !== null && 'reason' in result ? result.reason : null;
  answer.results.push({
    id,
    outcome,
    messageId: result?.outcome === 'registered' ? result.messageId : null,
    code: reason?.code ?? null,
    text: reason?.text ?? null,
  });
}

function* portions(group: readonly RejectContents[]): Generator<RejectContents[]> {
  let some: RejectContents[] = [];
  let bytes = 0;
  for (const contents of group) {
    const size = contents.reject.bodySize ?? 0;
    if (some.length > 0 && bytes + size > AT_ONCE.bytes) {
      yield some;
      [some, bytes] = [[], 0];
    }
    some.push(contents);
    bytes += size;
  }
  if (some.length > 0) yield some;
}
