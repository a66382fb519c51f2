import { z } from 'zod';

import type { Delivery } from '../amqp/message.ts';
import { headerTable, messageProperties } from '../amqp/wire-schema.ts';
import type { LineError } from '../contract/rejects.ts';
import { ContentCipher, isUnreadable } from '../encryption/content-cipher.ts';

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
 *
 * With keys for contents a message has `keyId`; its text, properties and headers are in `sealedText` and `sealed`, and
 * its body, or each part of it, is encrypted. What the journal itself goes by stays legible without any key.
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
  sealedText: z.base64().optional(),
  keyId: z.string().max(32).optional(),
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
  keyedHash: z.base64().length(24).optional(),
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
const envelope = { properties: messageProperties, headers: headerTable.nullable() };
const entryLine = z.strictObject({ ...head, ...bodyLines, ...envelope }).refine(hasOneBody, { path: ['body'] });
const sealedLine = z
  .strictObject({ ...head, ...bodyLines, keyId: z.string().max(32), sealed: z.base64() })
  .refine(hasOneBody, { path: ['body'] });
const sealedEnvelope = z.strictObject({ text: head.text, ...envelope });
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
  /** As `Arrival` has it; null in journals of before. */
  hash: Buffer | null;
}

const WITHOUT_KEYS = new ContentCipher();

/** The lines that hold a message; encrypted where the cipher has keys. */
export function* linesOfEntry(entry: JournalEntry, cipher: ContentCipher = WITHOUT_KEYS): Generator<string> {
  const { delivery, batchId, channel, ackedWith, hash } = entry;
  const { body } = delivery;
  const inline = body.length <= PART_BYTES;
  const parts = inline ? 0 : Math.ceil(body.length / PART_BYTES);
  const stored = (bytes: Buffer, part: string) => cipher.store(bytes, placeOf(entry.id, part)).data.toString('base64');
  const text = entry.reason.text.slice(0, 1000);
  const { properties, headers = null } = delivery;
  const legible: z.input<z.ZodObject<typeof head & typeof bodyLines>> = {
    entry: entry.id,
    at: entry.at.toISOString(),
    deadQueue: { name: entry.deadQueue },
    code: entry.reason.code.slice(0, 64),
    redelivered: delivery.redelivered,
    ...(entry.mayBeStored ? { mayBeStored: true } : {}),
    ...(batchId === null ? {} : { batchId: batchId.toString() }),
    ...(channel === null ? {} : { channel }),
    ...(ackedWith === null ? {} : { ackedWith }),
    ...(hash === null ? {} : { [cipher.keysHashes ? 'keyedHash' : 'hash']: hash.toString('base64') }),
    exchange: delivery.exchange,
    routingKey: delivery.routingKey,
    bodySize: body.length,
    ...(inline ? { body: stored(body, 'body') } : { bodyParts: parts }),
  };
  const line =
    cipher.keyId === null
      ? ({ ...legible, text, properties, headers } satisfies z.input<typeof entryLine>)
      : ({
          ...legible,
          keyId: cipher.keyId,
          sealedText: stored(Buffer.from(text), 'text'),
          sealed: stored(Buffer.from(JSON.stringify({ text, properties, headers })), 'envelope'),
        } satisfies z.input<typeof sealedLine>);
  yield oneLine(JSON.stringify(line));
  for (let part = 0; part < parts; part += 1) {
    const bytes = body.subarray(part * PART_BYTES, (part + 1) * PART_BYTES);
    yield JSON.stringify({ of: entry.id, data: stored(bytes, `${part}/${parts}`) });
  }
}

/** By this place an encrypted part of an entry is authenticated. */
function placeOf(entryId: string, part: string): string {
  return `journal/${entryId}/${part}`;
}

/** Two characters that JSON leaves as they are end a line for whoever reads by lines. */
function oneLine(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

/** A line at a glance, for those who look for entries and not into them. */
export type GlancedLine =
  /** `hash`: in base64, as `Arrival` has it. */
  | { kind: 'entry'; head: z.infer<typeof headLine>; hash: string | null }
  | { kind: 'part'; of: string }
  | JournalNote
  /** Cut off; or something that this version does not know. */
  | { kind: 'torn' | 'strange' };

type JournalNote =
  { kind: 'acked' | 'registered'; ids: string[] } | { kind: 'again'; ids: string[]; ackedWith: string };

export function glanceAtLine(text: string, cipher: ContentCipher = WITHOUT_KEYS): GlancedLine {
  const json = parseJson(text);
  if (json === undefined) return { kind: 'torn' };
  if (has(json, 'entry')) {
    const found = headLine.safeParse(json);
    if (!found.success) return { kind: 'strange' };
    const { data } = found;
    const hash = hashOf(data, cipher)?.toString('base64') ?? null;
    return { kind: 'entry', head: { ...data, text: textOf(data, cipher) }, hash };
  }
  const part = partLine.safeParse(json);
  if (part.success) return { kind: 'part', of: part.data.of };
  return noteOf(json) ?? { kind: 'strange' };
}

/** Why it was not stored; nothing where that cannot be decrypted. */
function textOf({ entry, text, keyId, sealedText }: z.infer<typeof headLine>, cipher: ContentCipher): string {
  if (keyId === undefined || sealedText === undefined) return text;
  try {
    return cipher.read({ keyId, data: Buffer.from(sealedText, 'base64') }, placeOf(entry, 'text')).toString();
  } catch (error) {
    if (isUnreadable(error)) return '';
    throw error;
  }
}

/** One that was written down before hashes were keyed is keyed here. */
function hashOf(
  { hash, keyedHash }: Pick<z.infer<typeof headLine>, 'hash' | 'keyedHash'>,
  cipher: ContentCipher,
): Buffer | null {
  if (keyedHash !== undefined) return Buffer.from(keyedHash, 'base64');
  return typeof hash === 'string' ? cipher.keyedHash(Buffer.from(hash, 'base64')) : null;
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
  readonly #cipher: ContentCipher;
  #line = 0;
  #open: { line: number; given: z.infer<typeof entryLine>; parts: Buffer[]; bytes: number } | null = null;
  /** A message that was told of: the parts of its body are not, each again. */
  #toldOf: string | null = null;

  constructor(cipher: ContentCipher = WITHOUT_KEYS) {
    this.#cipher = cipher;
  }

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
    const found = (has(json, 'keyId') ? sealedLine : entryLine).safeParse(json);
    if (!found.success) {
      const field = found.error.issues[0]?.path.slice(0, 3).join('.') ?? '';
      return [...before, this.#problem('line.wrongField', { field: field === '' ? 'entry' : field })];
    }
    return [...before, ...this.#decrypting(found.data.entry, () => this.#begin(found.data))];
  }

  #begin(given: z.infer<typeof entryLine> | z.infer<typeof sealedLine>): ReadLine[] {
    this.#toldOf = null;
    this.#open = { line: this.#line, given: this.#unsealed(given), parts: [], bytes: 0 };
    if (given.body !== undefined) this.#open.parts.push(this.#bytes(given, given.body, 'body'));
    return this.#finish();
  }

  #unsealed(given: z.infer<typeof entryLine> | z.infer<typeof sealedLine>): z.infer<typeof entryLine> {
    if (!('sealed' in given)) return given;
    const { sealed, ...legible } = given;
    const json: unknown = JSON.parse(this.#bytes(given, sealed, 'envelope').toString());
    return { ...legible, ...sealedEnvelope.parse(json) };
  }

  #bytes({ entry, keyId }: { entry: string; keyId?: string | undefined }, base64: string, part: string): Buffer {
    return this.#cipher.read({ keyId: keyId ?? null, data: Buffer.from(base64, 'base64') }, placeOf(entry, part));
  }

  /** What cannot be decrypted is told of, once a message. */
  #decrypting(entry: string, read: () => ReadLine[]): ReadLine[] {
    try {
      return read();
    } catch (error) {
      if (!isUnreadable(error)) throw error;
      this.#open = null;
      this.#toldOf = entry;
      const keyId = String(error.options.params?.['keyId'] ?? '');
      return [this.#problem(error.code === 'contents.keyMissing' ? 'line.keyMissing' : 'line.damaged', { keyId })];
    }
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
    const open = this.#open;
    if (open === null && this.#toldOf === found.data.of) return [];
    if (open?.given.entry !== found.data.of) return [...this.end(), this.#problem('line.partStray')];
    return this.#decrypting(found.data.of, () => {
      const data = this.#bytes(open.given, found.data.data, `${open.parts.length}/${open.given.bodyParts ?? 0}`);
      open.bytes += data.length;
      if (open.bytes > LARGEST_BODY) {
        this.#open = null;
        return [this.#problem('line.bodyTooLarge')];
      }
      open.parts.push(data);
      return this.#finish();
    });
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
    return [{ kind: 'entry', entry: toEntry(given, body, this.#cipher), line }];
  }

  #problem(code: LineError, params: Record<string, string> = {}, line = this.#line): ReadLine {
    return { kind: 'problem', problem: { line, code, params } };
  }
}

function toEntry(given: z.infer<typeof entryLine>, body: Buffer, cipher: ContentCipher): JournalEntry {
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
    hash: hashOf(given, cipher),
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
