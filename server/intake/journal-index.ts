import { open, type FileHandle } from 'node:fs/promises';

import { ContentCipher } from '../encryption/content-cipher.ts';

import { glanceAtLine, LineCutter, LineReader, type JournalEntry, type LineProblem } from './journal-lines.ts';

/** A file of a journal, as far as it has been looked at. */
export interface JournalFile {
  path: string;
  /** Bytes that were looked at: up to the end of a line. */
  scanned: number;
  /** Lines that this version does not know: the file is kept for one that does. */
  strange: number;
}

/**
 * A message of a file that is not registered.
 *
 * | state | its ack | leaves it by |
 * |---|---|---|
 * | `inFlight` | is sent or about to be, on a channel of this process that lives | a round trip → acked; the channel died → lost |
 * | `lost` | may not have been processed: the message can be delivered again | such a delivery was taken for it → inFlight; being stored → registering |
 * | `acked` | was processed | being stored → registering |
 * | `registering` | is being stored now | stored → gone; not stored → as it was before |
 */
export interface IndexedEntry {
  id: string;
  file: JournalFile;
  /** Where its lines are, in bytes. */
  start: number;
  end: number;
  at: string;
  deadQueue: string;
  reason: { code: string; text: string };
  exchange: string;
  routingKey: string;
  mayBeStored: boolean;
  channel: string | null;
  /** What was acked with one ack bears the same name; null in journals of before. */
  ackedWith: string | null;
  /** base64; null in journals of before. */
  hash: string | null;
  bodySize: number | null;
  state: 'inFlight' | 'lost' | 'acked' | 'registering';
}

const READ_BYTES = 1024 * 1024;

/**
 * The messages of journal files that are not registered, without their contents. Files only grow, so each look goes on
 * where the last one ended.
 */
export class JournalIndex {
  readonly #cipher: ContentCipher;
  readonly #open = new Map<string, IndexedEntry>();
  readonly #byContents = new Map<string, Set<IndexedEntry>>();
  readonly #byAck = new Map<string, Set<IndexedEntry>>();
  /** Messages whose body has not been seen to its end, by file. */
  readonly #begun = new Map<JournalFile, { entry: IndexedEntry; missing: number }>();

  constructor(cipher = new ContentCipher()) {
    this.#cipher = cipher;
  }

  get size(): number {
    return this.#open.size;
  }

  entries(): IndexedEntry[] {
    return [...this.#open.values()];
  }

  get(id: string): IndexedEntry | undefined {
    return this.#open.get(id);
  }

  /** Those with the same contents in the same dead queue, oldest first. */
  alike(deadQueue: string, hash: Buffer): IndexedEntry[] {
    const key = contentsKey({ deadQueue, hash: hash.toString('base64') });
    return key === null ? [] : [...(this.#byContents.get(key) ?? [])];
  }

  /** Those that were acked with this one, itself among them. */
  ackedWith({ ackedWith }: IndexedEntry): IndexedEntry[] {
    return ackedWith === null ? [] : [...(this.#byAck.get(ackedWith) ?? [])];
  }

  /** Whether any message bears this name of an ack. */
  hasAck(ackedWith: string): boolean {
    return this.#byAck.has(ackedWith);
  }

  /** They are acked together from now on, by this name. */
  ackAnew(ids: readonly string[], ackedWith: string): void {
    for (const id of ids) {
      const entry = this.#open.get(id);
      if (entry === undefined) continue;
      leave(this.#byAck, entry.ackedWith, entry);
      entry.ackedWith = ackedWith;
      join(this.#byAck, ackedWith, entry);
    }
  }

  /** How many of a file are not registered. */
  countOf(file: JournalFile): number {
    let count = 0;
    for (const entry of this.#open.values()) if (entry.file === file) count += 1;
    return count;
  }

  add(entry: IndexedEntry): void {
    this.#open.set(entry.id, entry);
    join(this.#byAck, entry.ackedWith, entry);
    join(this.#byContents, contentsKey(entry), entry);
  }

  remove(id: string): void {
    const entry = this.#open.get(id);
    if (entry === undefined) return;
    this.#open.delete(id);
    leave(this.#byAck, entry.ackedWith, entry);
    leave(this.#byContents, contentsKey(entry), entry);
  }

  /** Looks at what a file holds beyond what was looked at before. A line that has not ended yet is looked at later. */
  async scan(file: JournalFile): Promise<void> {
    const handle = await open(file.path, 'r');
    try {
      const cutter = new LineCutter(file.scanned);
      for (let at = file.scanned; ;) {
        const chunk = await readAt(handle, at, READ_BYTES);
        if (chunk.length === 0) break;
        at += chunk.length;
        for (const line of cutter.push(chunk)) this.#look(file, line);
      }
      file.scanned = cutter.lineStart;
    } finally {
      await handle.close();
    }
  }

  #look(file: JournalFile, { text, start, end }: { text: string | null; start: number; end: number }): void {
    if (text === '') return;
    const glanced = text === null ? { kind: 'strange' as const } : glanceAtLine(text, this.#cipher);
    if (glanced.kind === 'strange') file.strange += 1;
    else if (glanced.kind === 'registered') for (const id of glanced.ids) this.remove(id);
    else if (glanced.kind === 'acked') {
      for (const id of glanced.ids) {
        const entry = this.#open.get(id);
        if (entry !== undefined) entry.state = 'acked';
      }
    } else if (glanced.kind === 'again') this.ackAnew(glanced.ids, glanced.ackedWith);
    else if (glanced.kind === 'part') {
      const begun = this.#begun.get(file);
      if (begun?.entry.id !== glanced.of) return;
      begun.missing -= 1;
      if (begun.missing === 0) this.#complete(file, begun.entry, end);
    } else if (glanced.kind === 'entry') {
      const { head, hash } = glanced;
      const entry: IndexedEntry = {
        id: head.entry,
        file,
        start,
        end,
        at: head.at,
        deadQueue: head.deadQueue.name,
        reason: { code: head.code, text: head.text },
        exchange: head.exchange,
        routingKey: head.routingKey,
        mayBeStored: head.mayBeStored,
        channel: head.channel ?? null,
        ackedWith: head.ackedWith ?? null,
        hash,
        bodySize: head.bodySize ?? null,
        state: 'lost',
      };
      this.#begun.set(file, { entry, missing: head.bodyParts ?? 0 });
      if (head.body !== undefined || head.bodyParts === 0) this.#complete(file, entry, end);
    }
  }

  #complete(file: JournalFile, entry: IndexedEntry, end: number): void {
    this.#begun.delete(file);
    entry.end = end;
    // One of this process is known better than its lines tell.
    if (!this.#open.has(entry.id)) this.add(entry);
  }

  /** A message with its contents, or what is wrong with its lines. */
  async read({ id, file, start, end }: IndexedEntry): Promise<JournalEntry | LineProblem> {
    const handle = await open(file.path, 'r');
    try {
      const reader = new LineReader(this.#cipher);
      const cutter = new LineCutter(start);
      let problem: LineProblem = { line: 1, code: 'line.partMissing', params: {} };
      for (let at = start; at < end;) {
        const chunk = await readAt(handle, at, Math.min(READ_BYTES, end - at));
        if (chunk.length === 0) break;
        at += chunk.length;
        for (const { text } of cutter.push(chunk)) {
          for (const line of reader.push(text)) {
            if (line.kind === 'entry' && line.entry.id === id) return line.entry;
            if (line.kind === 'problem') ({ problem } = line);
          }
        }
      }
      return problem;
    } finally {
      await handle.close();
    }
  }
}

/** A file that nothing was read of yet. */
export function newJournalFile(path: string): JournalFile {
  return { path, scanned: 0, strange: 0 };
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

function contentsKey({ deadQueue, hash }: Pick<IndexedEntry, 'deadQueue' | 'hash'>): string | null {
  return hash === null ? null : `${hash} ${deadQueue}`;
}

function join(groups: Map<string, Set<IndexedEntry>>, key: string | null, entry: IndexedEntry): void {
  if (key === null) return;
  groups.set(key, (groups.get(key) ?? new Set()).add(entry));
}

function leave(groups: Map<string, Set<IndexedEntry>>, key: string | null, entry: IndexedEntry): void {
  if (key === null) return;
  const group = groups.get(key);
  group?.delete(entry);
  if (group?.size === 0) groups.delete(key);
}
