import { z } from 'zod';
import { receiptSchema } from './cancellation.ts';
import { readBody } from './message-body.ts';
import { processedMessage } from './processed.ts';
import { toPrinterSchema } from './receipt-protocol.ts';
import type { FromPrinter } from './receipt-protocol.ts';
import { namesFor } from './topology.ts';
import { startWorker } from './worker.ts';

/**
 * The receipt printer, a process of its own that `receipt-printer.ts` starts. While it is broken, a receipt with an
 * emoji kills it, as a leak in a font library would: at once, without a word to the broker.
 */

const settings = z.object({ AMQP_URL: z.string(), EXAMPLE_PREFIX: z.string() }).parse(process.env);
const names = namesFor(settings.EXAMPLE_PREFIX);
const abort = new AbortController();
/** Until its supervisor has said, it cannot know whether it is broken, and prints nothing. */
let tellBroken: (broken: boolean) => void = () => undefined;
let isBroken = new Promise<boolean>((resolve) => (tellBroken = resolve));

process.on('message', (raw) => {
  const message = toPrinterSchema.safeParse(raw);
  if (!message.success) return;
  tellBroken(message.data.broken);
  isBroken = Promise.resolve(message.data.broken);
});
// Ctrl-C reaches the whole process group: the supervisor ends this process in its own time.
process.on('SIGINT', () => undefined);

const stopped = new Promise<void>((resolve) => {
  const stop = () => {
    abort.abort();
    resolve();
  };
  process.once('disconnect', stop);
  process.once('SIGTERM', stop);
});

const report = (message: FromPrinter) => {
  if (process.connected) process.send?.(message);
};

try {
  const worker = await startWorker(
    {
      name: 'receipt printer',
      amqpUrl: settings.AMQP_URL,
      names,
      consumers: 1,
      log: (line) => {
        console.log(`${new Date().toISOString()} example: ${line}`);
      },
      processed: {
        add: (entry) => {
          report({ kind: 'processed', record: processedMessage(entry) });
        },
      },
      tasks: [
        {
          queue: names.routes.receipt.queue,
          deadQueue: names.deadQueues.refunds,
          delays: names.delays.orders,
          // One at a time: when it dies, nothing else in hand counts as a failed delivery.
          prefetch: 1,
          handle: async (message) => {
            const receipt = readBody(message.content, receiptSchema);
            const hasEmoji = receipt.lines.some((line) => /\p{Extended_Pictographic}/u.test(line));
            if (hasEmoji && (await isBroken)) process.kill(process.pid, 'SIGKILL');
            return { orderIds: [receipt.order.id] };
          },
        },
      ],
    },
    abort.signal,
  );
  await stopped;
  await worker.stop();
} catch (error) {
  if (!abort.signal.aborted) throw error;
}
if (process.connected) process.disconnect();
