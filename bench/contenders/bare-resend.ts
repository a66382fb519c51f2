import amqplib, { type ConfirmChannel } from 'amqplib';
import type { Connection } from 'mysql2/promise';
import { z } from 'zod';

import { failedOrders, type FailedOrder } from '../failed-orders.ts';

import { connectPlainly } from './plain-connection.ts';
import { serve } from './serve.ts';

/**
 * The least that could keep the office's promises: each message is held before it leaves, what may have left is on
 * record before it does, and each has its outcome on record after its confirm. The very statements of the office on its
 * own rows, by two connections, and the same messages from memory: nothing is read, checked or decided.
 */
const opened = z.object({ amqpUrl: z.string(), databaseUrl: z.string() });
const run = z.object({ exchange: z.string(), run: z.string(), ids: z.array(z.string()), operationId: z.string() });

/** As the office has them. */
const CLAIM = 512;
const PORTION = 128;
const MARK = `bench${'0'.repeat(8)}.${'0'.repeat(6)}.1.${'0'.repeat(22)}`;
const TOKEN = Buffer.alloc(16, 1);

interface Open {
  channel: ConfirmChannel;
  claiming: Connection;
  recording: Connection;
  close: () => Promise<void>;
}
let open: Open | null = null;

serve(
  {
    open: async (given) => {
      const { amqpUrl, databaseUrl } = opened.parse(given);
      const model = await amqplib.connect(amqpUrl);
      const channel = await model.createConfirmChannel();
      const [claiming, recording] = await Promise.all([connectPlainly(databaseUrl), connectPlainly(databaseUrl)]);
      for (const connection of [claiming, recording]) {
        await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
      }
      open = {
        channel,
        claiming,
        recording,
        close: async () => {
          await model.close();
          await claiming.end();
          await recording.end();
        },
      };
    },
    resend: async (given) => {
      if (open === null) throw new Error('Not open.');
      return await resend(open, run.parse(given));
    },
  },
  async () => open?.close(),
);

/** @returns how many seconds it took. */
async function resend(way: Open, { exchange, run: name, ids, operationId }: z.infer<typeof run>): Promise<number> {
  const orders = [...failedOrders(name, ids.length)];
  const started = performance.now();
  await insertItems(way.claiming, operationId, ids);
  let claimed = claim(way.claiming, operationId, ids.slice(0, CLAIM));
  let recorded: Promise<void> = Promise.resolve();
  for (let from = 0; from < ids.length; from += CLAIM) {
    await claimed;
    const some = ids.slice(from, from + CLAIM);
    claimed = claim(way.claiming, operationId, ids.slice(from + CLAIM, from + 2 * CLAIM));
    for (let at = 0; at < some.length; at += PORTION) {
      const portion = some.slice(at, at + PORTION);
      const number = from + at;
      // Two portions are under way: this one, and the one that is being recorded.
      await openPortion(way.recording, operationId, number, portion);
      const confirmed = publish(way.channel, exchange, orders.slice(number, number + portion.length));
      const before = recorded;
      recorded = Promise.all([confirmed, before]).then(() => record(way.recording, operationId, number, portion));
      await before;
    }
  }
  await recorded;
  return (performance.now() - started) / 1000;
}

async function insertItems(database: Connection, operationId: string, ids: readonly string[]): Promise<void> {
  for (let from = 0; from < ids.length; from += 5_000) {
    await database.query(
      'INSERT INTO operation_items (operation_id, message_id, message_version, message_status, state) VALUES ?',
      [ids.slice(from, from + 5_000).map((id) => [operationId, id, 1, 'pending', 'queued'])],
    );
  }
}

async function claim(database: Connection, operationId: string, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await database.beginTransaction();
  await database.query(
    `UPDATE failed_messages SET status = 'resending', version = version + 1, resend_count = resend_count + 1,
       operation_id = ? WHERE id IN (?) AND status = 'pending'`,
    [operationId, ids],
  );
  await database.query(
    `UPDATE operation_items SET state = 'claimed', message_version = message_version + 1, resend_number = 1
     WHERE operation_id = ? AND message_id IN (?)`,
    [operationId, ids],
  );
  await database.commit();
}

async function openPortion(database: Connection, operationId: string, number: number, ids: readonly string[]) {
  await database.query('INSERT INTO operation_portions VALUES (?, ?, ?, ?)', [
    operationId,
    TOKEN,
    number,
    ids.join(','),
  ]);
}

async function record(database: Connection, operationId: string, number: number, ids: readonly string[]) {
  await database.beginTransaction();
  await database.query(
    `UPDATE operation_items SET state = 'done', outcome = 'confirmed', at = UTC_TIMESTAMP(3)
     WHERE operation_id = ? AND message_id IN (?)`,
    [operationId, ids],
  );
  await database.query(
    `UPDATE failed_messages SET status = 'resent', shelf = 'sent', version = version + 1, resent_at = UTC_TIMESTAMP(3)
     WHERE id IN (?) AND status = 'resending'`,
    [ids],
  );
  await database.query('DELETE FROM operation_portions WHERE operation_id = ? AND number = ?', [operationId, number]);
  await database.query('UPDATE operations SET confirmed = confirmed + ? WHERE id = ?', [ids.length, operationId]);
  await database.commit();
}

async function publish(channel: ConfirmChannel, exchange: string, orders: readonly FailedOrder[]): Promise<void> {
  await Promise.all(
    orders.map(
      (order) =>
        new Promise<void>((resolve, reject) => {
          const headers = { ...order.ownHeaders, 'x-dead-letter-office-id': MARK };
          const options = { ...order.properties, headers, persistent: true, mandatory: true };
          channel.publish(exchange, order.routingKey, order.body, options, (error: unknown) => {
            if (error) reject(new Error('A publish was not confirmed.', { cause: error }));
            else resolve();
          });
        }),
    ),
  );
}
