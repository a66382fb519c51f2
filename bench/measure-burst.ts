import { setTimeout as pause } from 'node:timers/promises';

import { z } from 'zod';

import { waitFor } from '../test/support/services.ts';

import { untilStored, unwatch, watch } from './dead-letters.ts';
import { failedOrder, failedOrders } from './failed-orders.ts';
import type { BenchOptions } from './options.ts';
import { printTable, quantile, whole } from './round-figures.ts';
import type { Setting } from './setting.ts';

const POLL_MS = 50;

const list = z.object({ data: z.array(z.object({ id: z.string() })) });
const queues = z.object({ data: z.array(z.object({ id: z.string(), state: z.string() })) });

/** A worker rejects so many messages in one breath, while the office watches and somebody reads its list. */
export async function measureBurst(setting: Setting, { burst }: BenchOptions): Promise<void> {
  const { office, pipeline } = setting;
  const run = 'B0';
  const [queue = ''] = await pipeline.newDeadQueues(1);
  const id = await watch(office, queue);
  await waitFor(
    async () =>
      (await office.client.get('/api/dead-queues?perPage=500', queues)).data.some(
        (one) => one.id === id && one.state === 'consuming',
      ),
    { deadlineMs: 30_000, describe: 'the office to consume the dead queue' },
  );
  await pipeline.publish(failedOrders(run, burst));
  const held = await pipeline.hold(burst);
  const last = encodeURIComponent(failedOrder(run, burst - 1).properties.messageId);

  const reader = readList(setting);
  await office.process.beginUsage();
  const started = performance.now();
  held.rejectAll();
  await untilStored(office, id, burst);
  await waitFor(async () => (await office.client.get(`/api/messages?messageId=${last}`, list)).data.length === 1, {
    describe: 'the last dead letter in the list',
  });
  const seconds = (performance.now() - started) / 1000;
  const usage = await office.process.endUsage();
  const latencies = await reader.end();
  await held.close();
  await unwatch(setting, queue, id);

  printTable(
    `Burst: ${whole(burst)} dead letters at once, while a list of 25 is read every ${POLL_MS} ms`,
    ['', 'all listed after s', 'per s', 'list p50 ms', 'p95', 'slowest', 'CPU s / 10 000', 'peak MiB'],
    [
      [
        'the office',
        seconds.toFixed(1),
        whole(burst / seconds),
        whole(quantile(latencies, 0.5)),
        whole(quantile(latencies, 0.95)),
        whole(Math.max(...latencies)),
        ((usage.cpuSeconds / burst) * 10_000).toFixed(1),
        whole(usage.peakMiB),
      ],
    ],
  );
}

/** Somebody who looks at the newest messages again and again. `end` answers how long each look took, in ms. */
function readList({ office }: Setting): { end: () => Promise<number[]> } {
  const stopping = new AbortController();
  const latencies: number[] = [];
  const done = (async () => {
    while (!stopping.signal.aborted) {
      const started = performance.now();
      await office.client.get('/api/messages?perPage=25', list);
      latencies.push(performance.now() - started);
      await pause(POLL_MS);
    }
  })();
  return {
    end: async () => {
      stopping.abort();
      await done;
      return latencies;
    },
  };
}
