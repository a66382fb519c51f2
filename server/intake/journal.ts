import { randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';

import { z } from 'zod';

import type { HeaderTable, MessageProperties } from '../amqp/message.ts';

import type { Arrival } from './arrival.ts';

/** Bytes of a body in one line, before base64. */
const PART_BYTES = 256 * 1024;
const FILE_NAME = /^intake-(\d+)\.ndjson$/;

const entry = z.object({
  entry: z.string(),
  at: z.string(),
  deadQueue: z.object({ id: z.string(), name: z.string() }),
  batchId: z.string().regex(/^\d+$/),
  code: z.string(),
  exchange: z.string(),
  routingKey: z.string(),
  properties: z.record(z.string(), z.unknown()),
  headers: z.array(z.unknown()).nullable(),
  bodyParts: z.number().int(),
});
const part = z.object({ of: z.string(), data: z.base64() });
const registered = z.object({ registered: z.string() });
const line = z.union([entry, part, registered]);

/** A message read back from the journal. */
export interface JournalEntry {
  /** Its name within the journal. */
  id: string;
  deadQueue: { id: string; name: string };
  /** The batch that it was to be stored in: taken again, so that it is registered once. */
  batchId: bigint;
  exchange: string;
  routingKey: string;
  properties: MessageProperties;
  headers: HeaderTable | undefined;
  body: Buffer;
}

/** A file of the journal, and the instance that appends to it. */
export interface JournalFile {
  path: string;
  instanceId: string;
}

/**
 * The append-only files of last resort: messages that neither the messages' tables nor the rejects could take. What was
 * appended is on the disk. One file per instance, each line one JSON of bounded length:
 *
 * | line | means |
 * |---|---|
 * | `{"entry": id, …, "bodyParts": n}` | a message; its body follows in n lines |
 * | `{"of": id, "data": base64}` | a part of its body. A message whose parts are not all there was never acked |
 * | `{"registered": id}` | it has been stored |
 *
 * A line that was torn by the end of the process is no JSON, and is passed over.
 */
export class Journal {
  readonly directory: string;
  readonly #own: JournalFile;
  /** Appends, one after the other. */
  #turn: Promise<void> = Promise.resolve();

  constructor(options: { directory: string; instanceId: string }) {
    this.directory = options.directory;
    this.#own = {
      path: path.join(options.directory, `intake-${options.instanceId}.ndjson`),
      instanceId: options.instanceId,
    };
  }

  /** Resolves when the message is on the disk. Rejects when it may not be. */
  async append(message: {
    deadQueue: { id: string; name: string };
    arrival: Arrival;
    batchId: bigint;
    code: string;
  }): Promise<void> {
    await this.#append(this.#own, linesOf(message));
  }

  /** Notes that an entry has been stored. */
  async markRegistered(file: JournalFile, id: string): Promise<void> {
    await this.#append(file, [JSON.stringify({ registered: id })]);
  }

  /** The journal's files, of all instances that used this directory. */
  async files(): Promise<JournalFile[]> {
    const names = await readdir(this.directory).catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    });
    return names.flatMap((name) => {
      const instanceId = FILE_NAME.exec(name)?.[1];
      return instanceId === undefined ? [] : [{ path: path.join(this.directory, name), instanceId }];
    });
  }

  /** The ids of the messages of a file that are not registered yet. */
  async openIds(file: JournalFile): Promise<Set<string>> {
    const open = new Set<string>();
    const missing = new Map<string, number>();
    for await (const given of linesIn(file.path)) {
      if ('registered' in given) open.delete(given.registered);
      else {
        const id = 'entry' in given ? given.entry : given.of;
        const parts = 'entry' in given ? given.bodyParts : (missing.get(id) ?? Infinity) - 1;
        missing.set(id, parts);
        if (parts === 0) open.add(id);
      }
    }
    return open;
  }

  /** The messages of a file that are not registered yet, oldest first, one in memory at a time. */
  async *openEntries(file: JournalFile): AsyncGenerator<JournalEntry> {
    const open = await this.openIds(file);
    let current: z.infer<typeof entry> | null = null;
    let parts: Buffer[] = [];
    for await (const given of linesIn(file.path)) {
      if ('registered' in given) continue;
      if ('entry' in given) {
        current = open.has(given.entry) ? given : null;
        parts = [];
      } else if (current?.entry === given.of) parts.push(Buffer.from(given.data, 'base64'));
      if (current !== null && parts.length === current.bodyParts) {
        yield toEntry(current, Buffer.concat(parts));
        current = null;
      }
    }
  }

  /** Removes a file in which everything is registered. */
  async removeIfDone(file: JournalFile): Promise<void> {
    await this.#inTurn(async () => {
      if ((await this.openIds(file)).size === 0) await rm(file.path, { force: true });
    });
  }

  async #append(file: JournalFile, lines: Iterable<string>): Promise<void> {
    await this.#inTurn(async () => {
      await mkdir(this.directory, { recursive: true });
      const handle = await open(file.path, 'a', 0o600);
      try {
        // A torn line before ends here.
        await handle.write('\n');
        for (const text of lines) await handle.write(`${oneLine(text)}\n`);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await syncDirectory(this.directory);
    });
  }

  async #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    await done;
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

function* linesOf(message: {
  deadQueue: { id: string; name: string };
  arrival: Arrival;
  batchId: bigint;
  code: string;
}): Generator<string> {
  const { delivery } = message.arrival;
  const id = randomUUID();
  const { body } = delivery;
  const head: z.input<typeof entry> = {
    entry: id,
    at: new Date().toISOString(),
    deadQueue: message.deadQueue,
    batchId: message.batchId.toString(),
    code: message.code,
    exchange: delivery.exchange,
    routingKey: delivery.routingKey,
    properties: { ...delivery.properties },
    headers: delivery.headers ?? null,
    bodyParts: Math.ceil(body.length / PART_BYTES),
  };
  yield JSON.stringify(head);
  for (let start = 0; start < body.length; start += PART_BYTES) {
    yield JSON.stringify({ of: id, data: body.toString('base64', start, Math.min(start + PART_BYTES, body.length)) });
  }
}

function toEntry(given: z.infer<typeof entry>, body: Buffer): JournalEntry {
  return {
    id: given.entry,
    deadQueue: given.deadQueue,
    batchId: BigInt(given.batchId),
    exchange: given.exchange,
    routingKey: given.routingKey,
    // Written by this very class from these types.
    properties: given.properties,
    headers: given.headers === null ? undefined : toHeaders(given.headers),
    body,
  };
}

/** Written by this very class from a header table. */
function toHeaders(list: readonly unknown[]): HeaderTable {
  return list as HeaderTable;
}

/** Two characters that JSON leaves as they are end a line for whoever reads by lines. */
function oneLine(json: string): string {
  return json.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029');
}

async function* linesIn(file: string): AsyncGenerator<z.infer<typeof line>> {
  const lines = createInterface({ input: createReadStream(file), crlfDelay: Infinity });
  for await (const text of lines) {
    const parsed = line.safeParse(jsonOrNull(text));
    if (parsed.success) yield parsed.data;
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}
