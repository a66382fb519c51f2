import { z } from 'zod';

import type { Delivery } from '../amqp/message.ts';
import { headerTable, messageProperties } from '../amqp/wire-schema.ts';
import type { LineError } from '../contract/rejects.ts';

/**
 * The lines of the intake journal and of NDJSON exports. Each is one JSON of bounded length:
 *
 * | line | means |
 * |---|---|
 * | `{"entry": id, …, "body": base64}` | a message |
 * | `{"entry": id, …, "bodyParts": n}` | a message with a large body, which follows in n lines |
 * | `{"of": id, "data": base64}` | a part of its body. A message whose parts are not all there was never acked |
 * | `{"acked": [id, …]}` | a round trip has shown that the broker processed the acks of these |
 * | `{"again": [id, …], "ackedWith": name}` | they were delivered again, and are acked together by this name from now on |
 * | `{"registered": [id, …]}` | they have been stored |
 */

/** Bytes of a body in one line, before base64. */
export const PART_BYTES = 256 * 1024;
/** A frame holds 128 KiB of headers and properties; JSON makes at most six characters of a byte. */
export const LONGEST_LINE = 4 * 1024 * 1024;
/** RabbitMQ's own bound, by default. */
const LARGEST_BODY = 128 * 1024 * 1024;

const entryId = z.string().regex(/^[\w.:-]{1,64}$/);
const queueName = z
  .string()
  .min(1)
  .refine((name) => Buffer.byteLength(name) <= 255);

/** What tells an entry from others: all but its contents. */
const head = {
  entry: entryId,
  at: z.iso.datetime(),
  // Journals of before have the id, too; names hold in every installation.
  deadQueue: z.strictObject({ name: queueName, id: z.string().exactOptional() }),
  code: z.string().max(64).default(''),
  text: z.string().max(4096).default(''),
  exchange: z.string(),
  routingKey: z.string(),
  redelivered: z.boolean().default(false),
  mayBeStored: z.boolean().default(false),
  batchId: z
    .string()
    .regex(/^\d{1,19}$/)
    .nullish(),
  channel: z.string().max(64).nullish(),
  ackedWith: entryId.optional(),
  hash: z.base64().length(24).nullish(),
  bodySize: z.number().int().min(0).max(LARGEST_BODY).optional(),
};
const bodyLines = {
  body: z.base64().optional(),
  bodyParts: z
    .number()
    .int()
    .min(0)
    .max(LARGEST_BODY / PART_BYTES)
    .optional(),
};
const hasOneBody = (given: { body?: unknown; bodyParts?: unknown }) =>
  (given.body === undefined) !== (given.bodyParts === undefined);

const headLine = z.object({ ...head, ...bodyLines }).refine(hasOneBody);
const entryLine = z
  .strictObject({ ...head, ...bodyLines, properties: messageProperties, headers: headerTable.nullable() })
  .refine(hasOneBody, { path: ['body'] });
const partLine = z.strictObject({ of: entryId, data: z.base64() });
const ids = z.union([entryId.transform((one) => [one]), z.array(entryId)]);
const ackedLine = z.strictObject({ acked: ids });
const againLine = z.strictObject({ again: ids, ackedWith: entryId });
const registeredLine = z.strictObject({ registered: ids });

/** A message as it was written down. */
export interface JournalEntry {
  /** Its name, in every installation: by it it is registered once. */
  id: string;
  /** When it was written. */
  at: Date;
  /** The name of its dead queue. */
  deadQueue: string;
  /** Why it was not stored. The text can quote the message. */
  reason: { code: string; text: string };
  delivery: Omit<Delivery, 'deliveryTag'>;
  /** It was a redelivery, and whether it is on record already could not be asked then. */
  mayBeStored: boolean;
  /** A batch that perhaps was committed with it. */
  batchId: bigint | null;
  /** The channel that it came by. */
  channel: string | null;
  /** What was acked with one ack bears the same name; null in journals of before, and in exports. */
  ackedWith: string | null;
  /** See `contentHash`; null in journals of before. */
  hash: Buffer | null;
}

/** The lines that hold a message. */
export function* linesOfEntry(entry: JournalEntry): Generator<string> {
  const { delivery, batchId, channel, ackedWith, hash } = entry;
  const { body } = delivery;
  const inline = body.length <= PART_BYTES;
  const line: z.input<typeof entryLine> = {
    entry: entry.id,
    at: entry.at.toISOString(),
    deadQueue: { name: entry.deadQueue },
    code: entry.reason.code.slice(0, 64),
    text: entry.reason.text.slice(0, 1000),
    redelivered: delivery.redelivered,
    ...(entry.mayBeStored ? { mayBeStored: true } : {}),
    ...(batchId === null ? {} : { batchId: batchId.toString() }),
    ...(channel === null ? {} : { channel }),
    ...(ackedWith === null ? {} : { ackedWith }),
    ...(hash === null ? {} : { hash: hash.toString('base64') }),
    exchange: delivery.exchange,
    routingKey: delivery.routingKey,
    properties: delivery.properties,
    headers: delivery.headers ?? null,
    bodySize: body.length,
    ...(inline ? { body: body.toString('base64') } : { bodyParts: Math.ceil(body.length / PART_BYTES) }),
  };
  yield oneLine(JSON.stringify(line));
  if (inline) return;
  for (let start = 0; start < body.length; start += PART_BYTES) {
    const data = body.toString('base64', start, Math.min(start + PART_BYTES, body.length));
    yield JSON.stringify({ of: entry.id, data });
  }
}

/** Two characters that JSON leaves as they are end a line for whoever reads by lines. */
function oneLine(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** A line at a glance, for those who look for entries and not into them. */
export type GlancedLine =
  | { kind: 'entry'; head: z.infer<typeof headLine> }
  | { kind: 'part'; of: string }
  | JournalNote
  /** Cut off; or something that this version does not know. */
  | { kind: 'torn' | 'strange' };

type JournalNote =
  { kind: 'acked' | 'registered'; ids: string[] } | { kind: 'again'; ids: string[]; ackedWith: string };

export function glanceAtLine(text: string): GlancedLine {
  const json = parseJson(text);
  if (json === undefined) return { kind: 'torn' };
  if (has(json, 'entry')) {
    const found = headLine.safeParse(json);
    return found.success ? { kind: 'entry', head: found.data } : { kind: 'strange' };
  }
  const part = partLine.safeParse(json);
  if (part.success) return { kind: 'part', of: part.data.of };
  return noteOf(json) ?? { kind: 'strange' };
}

function noteOf(json: unknown): JournalNote | null {
  const acked = ackedLine.safeParse(json);
  if (acked.success) return { kind: 'acked', ids: acked.data.acked };
  const again = againLine.safeParse(json);
  if (again.success) return { kind: 'again', ids: again.data.again, ackedWith: again.data.ackedWith };
  const registered = registeredLine.safeParse(json);
  return registered.success ? { kind: 'registered', ids: registered.data.registered } : null;
}

/** What is wrong, and where. */
export interface LineProblem {
  /** From 1. */
  line: number;
  code: LineError;
  params: Record<string, string>;
}

/** What a line completes. */
export type ReadLine = { kind: 'entry'; entry: JournalEntry; line: number } | { kind: 'problem'; problem: LineProblem };

/** Reads lines one after the other, strictly: every message whole and typed, and every line that is not is told of. */
export class LineReader {
  #line = 0;
  #open: { line: number; given: z.infer<typeof entryLine>; parts: Buffer[]; bytes: number } | null = null;

  /** @param text one line; null for one that is too long to be given. */
  push(text: string | null): ReadLine[] {
    this.#line += 1;
    if (text === null) return [...this.end(), this.#problem('line.tooLong')];
    if (text.trim() === '') return [];
    const json = parseJson(text);
    if (json === undefined) return [...this.end(), this.#problem('line.notJson')];
    if (has(json, 'of')) return this.#part(json);
    // Another process can put a note between the parts of a body.
    if (noteOf(json) !== null) return [];
    const before = this.end();
    if (!has(json, 'entry')) return [...before, this.#problem('line.unknown')];
    const found = entryLine.safeParse(json);
    if (!found.success) {
      const field = found.error.issues[0]?.path.slice(0, 3).join('.') ?? '';
      return [...before, this.#problem('line.wrongField', { field: field === '' ? 'entry' : field })];
    }
    const { body } = found.data;
    this.#open = { line: this.#line, given: found.data, parts: [], bytes: 0 };
    if (body !== undefined) this.#open.parts.push(Buffer.from(body, 'base64'));
    return [...before, ...this.#finish()];
  }

  /** There is no more: a message that waits for parts of its body is not whole. */
  end(): ReadLine[] {
    const open = this.#open;
    this.#open = null;
    return open === null ? [] : [this.#problem('line.partMissing', {}, open.line)];
  }

  #part(json: unknown): ReadLine[] {
    const found = partLine.safeParse(json);
    if (!found.success) return [...this.end(), this.#problem('line.wrongField', { field: 'data' })];
    if (this.#open?.given.entry !== found.data.of) return [...this.end(), this.#problem('line.partStray')];
    const data = Buffer.from(found.data.data, 'base64');
    this.#open.bytes += data.length;
    if (this.#open.bytes > LARGEST_BODY) {
      this.#open = null;
      return [this.#problem('line.bodyTooLarge')];
    }
    this.#open.parts.push(data);
    return this.#finish();
  }

  #finish(): ReadLine[] {
    const open = this.#open;
    if (open === null) return [];
    const { given, line } = open;
    if (given.body === undefined && open.parts.length < (given.bodyParts ?? 0)) return [];
    this.#open = null;
    const body = Buffer.concat(open.parts);
    if (given.bodySize !== undefined && given.bodySize !== body.length) {
      return [this.#problem('line.wrongField', { field: 'bodySize' }, line)];
    }
    return [{ kind: 'entry', entry: toEntry(given, body), line }];
  }

  #problem(code: LineError, params: Record<string, string> = {}, line = this.#line): ReadLine {
    return { kind: 'problem', problem: { line, code, params } };
  }
}

function toEntry(given: z.infer<typeof entryLine>, body: Buffer): JournalEntry {
  const { exchange, routingKey, properties, headers, redelivered } = given;
  return {
    id: given.entry,
    at: new Date(given.at),
    deadQueue: given.deadQueue.name,
    reason: { code: given.code, text: given.text },
    delivery: { exchange, routingKey, redelivered, properties, ...(headers === null ? {} : { headers }), body },
    mayBeStored: given.mayBeStored,
    batchId: typeof given.batchId === 'string' ? BigInt(given.batchId) : null,
    channel: given.channel ?? null,
    ackedWith: given.ackedWith ?? null,
    hash: typeof given.hash === 'string' ? Buffer.from(given.hash, 'base64') : null,
  };
}

function has(json: unknown, name: string): boolean {
  return typeof json === 'object' && json !== null && Object.hasOwn(json, name);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const NEWLINE = 0x0a;

/**
 * Cuts bytes into lines, each with where it begins. A line longer than `longest` comes as null, without ever being in
 * memory; what stands behind the last newline comes only where `last` is asked for.
 */
export class LineCutter {
  #at: number;
  #rest: Buffer[] = [];
  #restBytes = 0;
  #skipping = false;

  constructor(at = 0) {
    this.#at = at;
  }

  /** Where the line begins that has not ended yet. */
  get lineStart(): number {
    return this.#at - this.#restBytes;
  }

  *push(chunk: Buffer): Generator<{ text: string | null; start: number; end: number }> {
    let from = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, from);
      const piece = chunk.subarray(from, newline < 0 ? chunk.length : newline);
      this.#at += piece.length;
      this.#restBytes += piece.length;
      if (this.#restBytes > LONGEST_LINE) {
        this.#skipping = true;
        this.#rest = [];
      } else this.#rest.push(piece);
      if (newline < 0) return;
      const start = this.lineStart;
      this.#at += 1;
      const end = this.#at;
      yield { text: this.#text(), start, end };
      from = newline + 1;
    }
  }

  /** What stands behind the last newline. */
  last(): { text: string | null } | null {
    return this.#restBytes === 0 ? null : { text: this.#text() };
  }

  #text(): string | null {
    const text = this.#skipping ? null : Buffer.concat(this.#rest).toString('utf8');
    this.#rest = [];
    this.#restBytes = 0;
    this.#skipping = false;
    return text;
  }
}
