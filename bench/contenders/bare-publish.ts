import amqplib, { type ConfirmChannel } from 'amqplib';
import { z } from 'zod';

import { failedOrders } from '../failed-orders.ts';

import { serve } from './serve.ts';

/** Bare confirm publishing beside the office's resend: the same messages as it sends them, nothing kept, nothing recorded. */
const run = z.object({ exchange: z.string(), run: z.string(), messages: z.number(), inFlight: z.number() });

/** As long as the office's own header is. */
const MARK = `bench${'0'.repeat(8)}.${'0'.repeat(6)}.1.${'0'.repeat(22)}`;

let channel: ConfirmChannel | null = null;
let close: () => Promise<void> = () => Promise.resolve();

serve(
  {
    open: async (given) => {
      const model = await amqplib.connect(z.string().parse(given));
      channel = await model.createConfirmChannel();
      channel.on('return', () => {
        throw new Error('A message reached no queue.');
      });
      close = () => model.close();
    },
    publish: async (given) => {
      if (channel === null) throw new Error('Not open.');
      return await publish(channel, run.parse(given));
    },
  },
  () => close(),
);

async function publish(to: ConfirmChannel, { exchange, run: name, messages, inFlight }: z.infer<typeof run>) {
  const orders = [...failedOrders(name, messages)].reverse();
  const started = performance.now();
  let open = 0;
  await new Promise<void>((resolve, reject) => {
    const fill = () => {
      while (open < inFlight) {
        const order = orders.pop();
        if (order === undefined) {
          if (open === 0) resolve();
          return;
        }
        open += 1;
        const headers = { ...order.ownHeaders, 'x-dead-letter-office-id': MARK };
        const options = { ...order.properties, headers, persistent: true, mandatory: true };
        to.publish(exchange, order.routingKey, order.body, options, (error: unknown) => {
          open -= 1;
          if (error) reject(new Error('A publish was not confirmed.', { cause: error }));
          else fill();
        });
      }
    };
    fill();
  });
  return (performance.now() - started) / 1000;
}
