import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';

import { ContentCipher } from '../encryption/content-cipher.ts';

import type { Arrival } from './arrival.ts';
import { JournalIndex, newJournalFile, type IndexedEntry, type JournalFile } from './journal-index.ts';
import { linesOfEntry, type JournalEntry, type LineProblem } from './journal-lines.ts';

/** `intake-<instance>-<number>.ndjson`; before there were numbers, without. `.closing`: about to be removed. */
const FILE_NAME = /^intake-(\d+)(?:-(\d+))?\.ndjson(?:\.closing)?$/;
const CLOSING = '.closing';
/** Bytes of lines that are handed to the system at once. */
const WRITE_BYTES = 1024 * 1024;

/** Sizes of the journal, in bytes. */
export interface JournalLimits {
  /** A file that has reached this is followed by another one. */
  fileBytes: number;
  /** All files together, for messages that RabbitMQ could keep as well. The last resort has no such limit. */
  mostBytes: number;
}

const LIMITS: JournalLimits = { fileBytes: 64 * 1024 * 1024, mostBytes: 1024 * 1024 * 1024 };

/** A message to be written down. */
export interface NewEntry {
  /** The name of its dead queue. */
  deadQueue: string;
  arrival: Arrival;
  reason: { code: string; text: string };
  mayBeStored: boolean;
  batchId: bigint | null;
  channel: string | null;
  /** The same for messages that are acked with one ack. */
  ackedWith: string | null;
}

interface OwnedFile extends JournalFile {
  instanceId: string;
  number: number;
  bytes: number;
}

/**
 * The append-only files of last resort, and of the queues that do not wait for the database. What was appended is on
 * the disk when `append` resolves. See `journal-lines.ts` for the lines and `IndexedEntry` for the states of a message.
 *
 * Each instance appends to files of its own and rotates them by size; whoever registers the messages of a dead one notes
 * that in its file. A line that was torn by the end of the process is passed over; an append that failed is cut off
 * again, so that a message is in the journal if and only if it may have been acked.
 */
export class Journal {
  readonly directory: string;
  readonly index: JournalIndex;
  readonly #cipher: ContentCipher;
  readonly #instanceId: string;
  readonly #limits: JournalLimits;
  readonly #files = new Map<string, OwnedFile>();
  /** Calls of this process, one after the other. */
  #turn: Promise<void> = Promise.resolve();
  /** What a failed append left behind and could not be cut off yet. */
  #spoiled: { path: string; from: number } | null = null;
  #failing = false;
  #registering: Promise<void> | null = null;
  #onChange: () => void = () => undefined;

  /** @param options.cipher encrypts what is written; default: one without keys. */
  constructor(options: {
    directory: string;
    instanceId: string;
    limits?: Partial<JournalLimits>;
    cipher?: ContentCipher;
  }) {
    this.#cipher = options.cipher ?? new ContentCipher();
    this.index = new JournalIndex(this.#cipher);
    this.directory = options.directory;
    this.#instanceId = options.instanceId;
    this.#limits = { ...LIMITS, ...options.limits };
  }

  /** Messages that RabbitMQ could keep as well are taken: there is room, and the last append went well. */
  get takes(): boolean {
    return !this.#failing && this.hasRoom;
  }

  /** There is room for more of them, whether the last append went well or not. */
  get hasRoom(): boolean {
    return this.#bytes < this.#limits.mostBytes;
  }

  /** The instances whose files are looked at here; this one among them. */
  get instanceIds(): string[] {
    return [...new Set([this.#instanceId, ...[...this.#files.values()].map(({ instanceId }) => instanceId)])];
  }

  /** Called when `takes` has changed. */
  set onChange(tell: () => void) {
    this.#onChange = tell;
  }

  get #bytes(): number {
    let bytes = 0;
    for (const file of this.#files.values()) bytes += file.bytes;
    return bytes;
  }

  /**
   * Resolves with the ids of the messages when all of them are on the disk, in flight. Rejects when they may not be: then
   * none of them is in the journal.
   */
  async append(messages: readonly NewEntry[]): Promise<string[]> {
    const took = this.takes;
    try {
      const ids = await this.#inTurn(async () => {
        for (;;) {
          const added = await this.#tryAppend(messages);
          if (added !== null) return added;
        }
      });
      this.#failing = false;
      return ids;
    } catch (error) {
      this.#failing = true;
      throw error;
    } finally {
      if (this.takes !== took) this.#onChange();
    }
  }

  /** Null when the file was taken away meanwhile: somebody thought that this instance is dead. */
  async #tryAppend(messages: readonly NewEntry[]): Promise<string[] | null> {
    await this.#mend();
    await mkdir(this.directory, { recursive: true });
    const file = this.#current();
    const handle = await open(file.path, 'a', 0o600);
    let before: number | null = null;
    try {
      before = (await handle.stat()).size;
      const added = await this.#write(handle, file, before, messages);
      await handle.sync();
      const { ino, size } = await handle.stat();
      if (before === 0) await syncDirectory(this.directory);
      // Of a file that was removed nothing is ever read; of one that was renamed, what was there before.
      if ((await inodeAt(file.path)) !== ino) {
        this.#files.delete(file.path);
        return null;
      }
      file.bytes = size;
      if (file.scanned === before) file.scanned = size;
      for (const entry of added) this.index.add(entry);
      return added.map(({ id }) => id);
    } catch (error) {
      if (before !== null) this.#spoiled = { path: file.path, from: before };
      await handle.close().catch(() => undefined);
      await this.#mend().catch(() => undefined);
      throw error;
    } finally {
      await handle.close().catch(() => undefined);
    }
  }

  async #write(
    handle: FileHandle,
    file: OwnedFile,
    before: number,
    messages: readonly NewEntry[],
  ): Promise<IndexedEntry[]> {
    const added: IndexedEntry[] = [];
    let pending = '';
    let at = before;
    const put = async (text: string) => {
      pending += text;
      at += Buffer.byteLength(text);
      if (pending.length < WRITE_BYTES) return;
      await writeAll(handle, pending);
      pending = '';
    };
    // A torn line before ends here.
    if (before > 0) await put('\n');
    for (const message of messages) {
      const entry = toEntry(message);
      const start = at;
      for (const line of linesOfEntry(entry, this.#cipher)) await put(`${line}\n`);
      added.push({
        id: entry.id,
        at: entry.at.toISOString(),
        deadQueue: entry.deadQueue,
        reason: entry.reason,
        mayBeStored: entry.mayBeStored,
        channel: entry.channel,
        ackedWith: entry.ackedWith,
        hash: entry.hash?.toString('base64') ?? null,
        exchange: entry.delivery.exchange,
        routingKey: entry.delivery.routingKey,
        bodySize: entry.delivery.body.length,
        file,
        start,
        end: at,
        state: 'inFlight',
      });
    }
    await writeAll(handle, pending);
    return added;
  }

  /** Cuts off what a failed append left: it was not acked, and is delivered or written again. */
  async #mend(): Promise<void> {
    if (this.#spoiled === null) return;
    const { path: spoiled, from } = this.#spoiled;
    const handle = await open(spoiled, 'r+').catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
    if (handle !== null) {
      try {
        await handle.truncate(from);
        await handle.sync();
      } finally {
        await handle.close();
      }
    }
    this.#spoiled = null;
  }

  #current(): OwnedFile {
    const own = [...this.#files.values()].filter(({ instanceId }) => instanceId === this.#instanceId);
    const latest = own.sort((a, b) => a.number - b.number).at(-1);
    if (latest !== undefined && latest.bytes < this.#limits.fileBytes) return latest;
    const number = (latest?.number ?? 0) + 1;
    return this.#know(`intake-${this.#instanceId}-${number}.ndjson`, this.#instanceId, number);
  }

  #know(name: string, instanceId: string, number: number): OwnedFile {
    const filePath = path.join(this.directory, name);
    const file = this.#files.get(filePath) ?? { ...newJournalFile(filePath), instanceId, number, bytes: 0 };
    this.#files.set(filePath, file);
    return file;
  }

  /** A round trip has shown that the acks of these were processed. */
  async noteAcked(ids: readonly string[]): Promise<void> {
    const inFlight = ids.flatMap((id) => this.index.get(id) ?? []).filter(({ state }) => state === 'inFlight');
    for (const entry of inFlight) entry.state = 'acked';
    await this.#note('acked', inFlight);
  }

  /** The channel of these died before such a round trip. */
  noteLost(ids: readonly string[]): void {
    for (const id of ids) {
      const entry = this.index.get(id);
      if (entry?.state === 'inFlight') entry.state = 'lost';
    }
  }

  /** Resolves when what is being registered is on record, or is what it was before. Null: nothing is. */
  get registering(): Promise<void> | null {
    return this.#registering;
  }

  /** Keeps redeliveries of these waiting while they are being stored. Those that are still there afterwards were not. */
  async whileRegistering<T>(entries: readonly IndexedEntry[], work: () => Promise<T>): Promise<T> {
    const before = entries.map((entry) => ({ entry, state: entry.state }));
    for (const entry of entries) entry.state = 'registering';
    const done = work();
    this.#registering = done.then(
      () => undefined,
      () => undefined,
    );
    try {
      return await done;
    } finally {
      for (const { entry, state } of before) entry.state = state;
      this.#registering = null;
    }
  }

  /** They have been stored. That is on record in the database too: a note that is lost does no harm. */
  async noteRegistered(ids: readonly string[]): Promise<void> {
    const entries = ids.flatMap((id) => this.index.get(id) ?? []);
    for (const { id } of entries) this.index.remove(id);
    await this.#note('registered', entries);
  }

  async #note(
    kind: 'acked' | 'again' | 'registered',
    entries: readonly IndexedEntry[],
    more: { ackedWith?: string } = {},
  ): Promise<void> {
    const byFile = new Map<JournalFile, string[]>();
    for (const { file, id } of entries) {
      const ids = byFile.get(file) ?? [];
      byFile.set(file, ids);
      ids.push(id);
    }
    await this.#inTurn(async () => {
      await this.#mend();
      for (const [file, ids] of byFile) {
        const handle = await open(file.path, 'a', 0o600);
        try {
          await writeAll(handle, `\n${JSON.stringify({ [kind]: ids, ...more })}\n`);
        } finally {
          await handle.close();
        }
      }
    });
  }

  /** A redelivery was taken for it: it is in flight again, on the channel of that. */
  answer(id: string): void {
    const entry = this.index.get(id);
    if (entry?.state === 'lost') entry.state = 'inFlight';
  }

  /** These were delivered again, and are about to be acked with one ack. */
  async noteAgain(ids: readonly string[]): Promise<void> {
    const ackedWith = randomUUID();
    const entries = ids.flatMap((id) => this.index.get(id) ?? []);
    // The file first: a look at it meanwhile finds this name, and not an older one.
    await this.#note('again', entries, { ackedWith }).finally(() => {
      this.index.ackAnew(ids, ackedWith);
    });
  }

  /** Looks at what the files hold by now. @param isOurs whether the files of an instance are ours to register. */
  async refresh(isOurs: (instanceId: string) => boolean): Promise<void> {
    await this.#inTurn(async () => {
      await this.#mend();
      const names = await readdir(this.directory).catch((error: unknown) => {
        if (isMissing(error)) return [];
        throw error;
      });
      const took = this.takes;
      const there = new Set(names.map((name) => path.join(this.directory, name)));
      for (const file of this.#files.values()) if (!there.has(file.path)) this.#forget(file);
      for (const name of names.sort()) {
        const [, instanceId, number] = FILE_NAME.exec(name) ?? [];
        if (instanceId === undefined || (instanceId !== this.#instanceId && !isOurs(instanceId))) continue;
        const file = this.#know(name, instanceId, Number(number ?? 0));
        try {
          await this.index.scan(file);
          file.bytes = (await stat(file.path)).size;
        } catch (error) {
          if (!isMissing(error)) throw error;
        }
      }
      if (this.takes !== took) this.#onChange();
    });
  }

  /** Somebody else registered everything in it and took it away. */
  #forget(file: OwnedFile): void {
    this.#files.delete(file.path);
    for (const entry of this.index.entries()) if (entry.file === file) this.index.remove(entry.id);
  }

  read(entry: IndexedEntry): Promise<JournalEntry | LineProblem> {
    return this.index.read(entry);
  }

  /** Removes the files in which everything is registered. @returns the instances of which no file is left by that. */
  async removeDone(): Promise<string[]> {
    return await this.#inTurn(async () => {
      const took = this.takes;
      const before = this.instanceIds;
      for (const file of [...this.#files.values()]) await this.#removeIfDone(file);
      if (this.takes !== took) this.#onChange();
      return before.filter((instanceId) => !this.instanceIds.includes(instanceId));
    });
  }

  async #removeIfDone(file: OwnedFile): Promise<void> {
    const isDone = () => this.index.countOf(file) === 0 && file.strange === 0;
    if (!isDone()) return;
    try {
      if (file.instanceId !== this.#instanceId && !file.path.endsWith(CLOSING)) {
        // Its instance may only have slept: what it appends after this it appends elsewhere, and what it appended before
        // is seen here.
        this.#files.delete(file.path);
        const closing = `${file.path}${CLOSING}`;
        await rename(file.path, closing);
        file.path = closing;
        this.#files.set(closing, file);
      }
      await this.index.scan(file);
      if (!isDone()) return;
      await rm(file.path, { force: true });
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
    this.#files.delete(file.path);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work);
    this.#turn = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  }
}

function toEntry({ deadQueue, arrival, reason, mayBeStored, batchId, channel, ackedWith }: NewEntry): JournalEntry {
  const { deliveryTag: _tag, ...delivery } = arrival.delivery;
  return {
    id: randomUUID(),
    at: new Date(),
    deadQueue,
    reason,
    delivery,
    mayBeStored,
    batchId,
    channel,
    ackedWith,
    hash: arrival.hash,
  };
}

/** A write may take less than it was given. */
async function writeAll(handle: FileHandle, text: string): Promise<void> {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    const { bytesWritten } = await handle.write(bytes);
    bytes = bytes.subarray(bytesWritten);
  }
}

/** A new file is there after a crash only when its directory is on the disk too. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function inodeAt(file: string): Promise<number | null> {
  try {
    return (await stat(file)).ino;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
