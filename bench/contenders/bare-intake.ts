import amqplib, { type Channel, type ConsumeMessage } from 'amqplib';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

import { copyBatches, type CopiedBatch } from './copied-rows.ts';
import { connectPlainly } from './plain-connection.ts';
import { serve } from './serve.ts';

/**
 * The two ways beside the office's intake. Both insert the very rows that the office stored for the same messages,
 * read before the clock starts: no diagnosis, no fingerprints, no keys, no ids to take, no fence.
 */
const opened = z.object({ amqpUrl: z.string(), databaseUrl: z.string(), officeDatabaseUrl: z.string() });
const run = z.object({ queue: z.string(), messages: z.number() });

interface Open {
  channel: Channel;
  database: Connection;
  close: () => Promise<void>;
}

interface SingleInsert {
  insert: string;
  row: unknown[];
}

let open: Open | null = null;
let addresses: z.infer<typeof opened> | null = null;
let batches: CopiedBatch[] = [];

serve(
  {
    open: async (given) => {
      addresses = opened.parse(given);
      const model = await amqplib.connect(addresses.amqpUrl);
      const channel = await model.createChannel();
      const database = await connectPlainly(addresses.databaseUrl);
      open = {
        channel,
        database,
        close: async () => {
          await channel.close();
          await model.close();
          await database.end();
        },
      };
    },
    /** Reads the rows that the office stored from this dead queue; answers the sizes of its batches. */
    copy: async (given) => {
      if (addresses === null) throw new Error('Not open.');
      const office = await connectPlainly(addresses.officeDatabaseUrl);
      batches = await copyBatches(office, z.string().parse(given));
      await office.end();
      return batches.map(({ messages }) => messages);
    },
    bare: (given) => bareLoop(needOpen(), run.parse(given)),
    naive: (given) => naiveWay(needOpen(), run.parse(given)),
  },
  async () => open?.close(),
);

function needOpen(): Open {
  if (open === null) throw new Error('Not open.');
  return open;
}

/** Consume; per batch of the office one transaction with one insert per table; commit; ack up to the last one. */
async function bareLoop({ channel, database }: Open, { queue }: z.infer<typeof run>): Promise<void> {
  const largest = Math.max(...batches.map(({ messages }) => messages));
  const stream = await consume(channel, queue, Math.max(1000, 2 * largest));
  for (const { messages, tables } of batches) {
    const last = await stream.take(messages);
    await database.query('START TRANSACTION');
    for (const { insert, rows } of tables) await database.query(insert, [rows]);
    await database.query('COMMIT');
    channel.ack(last, true);
  }
  await stream.end();
}

/** A message, its rows one by one, an ack; the next message. */
async function naiveWay({ channel, database }: Open, { queue, messages }: z.infer<typeof run>): Promise<void> {
  const perMessage = rowsPerMessage(messages);
  const stream = await consume(channel, queue, 100);
  for (const rows of perMessage) {
    const message = await stream.take(1);
    await database.query('START TRANSACTION');
    for (const { insert, row } of rows) await database.query(insert, [[row]]);
    await database.query('COMMIT');
    channel.ack(message);
  }
  await stream.end();
}

/** The rows of the messages alone, without the bookkeeping that only an intake in batches needs. */
function rowsPerMessage(most: number): SingleInsert[][] {
  const messages = new Map<string, SingleInsert[]>();
  for (const { tables } of batches) {
    for (const { insert, rows, owner } of tables) {
      if (owner === null) continue;
      for (const row of rows) {
        const id = String(row[owner]);
        const own = messages.get(id) ?? [];
        own.push({ insert, row });
        messages.set(id, own);
      }
    }
    if (messages.size >= most) break;
  }
  return [...messages.values()].slice(0, most);
}

/** Deliveries to wait for. */
async function consume(channel: Channel, queue: string, prefetch: number) {
  const waiting: ConsumeMessage[] = [];
  let wanted = Infinity;
  let wake: () => void = () => undefined;
  await channel.prefetch(prefetch);
  const { consumerTag } = await channel.consume(queue, (message) => {
    if (message === null) return;
    waiting.push(message);
    if (waiting.length >= wanted) wake();
  });
  return {
    /** Takes so many, and returns the last of them. */
    take: async (count: number): Promise<ConsumeMessage> => {
      if (waiting.length < count) {
        await new Promise<void>((resolve) => {
          wanted = count;
          wake = resolve;
        });
        wanted = Infinity;
      }
      const last = waiting.splice(0, count).at(-1);
      if (last === undefined) throw new Error('Nothing was to be taken.');
      return last;
    },
    /** The broker has done all acks when it answers this. */
    end: () => channel.cancel(consumerTag),
  };
}
