import { z } from 'zod';

import type { BenchOptions } from './options.ts';
import { printTable, quantile, whole } from './round-figures.ts';
import type { Setting } from './setting.ts';
import { storeUpTo } from './stored-messages.ts';

const LOOKS = 40;
/** Stored messages where nobody says how many. */
const ROWS = 200_000;

const list = z.object({ total: z.number().nullable(), totalAtLeast: z.number() });

/** Reads lists of many stored messages, one look at a time, the lists in turn. */
export async function measureLists(setting: Setting, { rows = ROWS }: BenchOptions): Promise<void> {
  const { office, pipeline } = setting;
  const stored = await storeUpTo(setting, rows);
  const today = new Date().toISOString().slice(0, 10);
  const lists: [string, string][] = [
    ['newest, no filter', ''],
    ['by status', 'status=pending'],
    ['by the queue it failed in', `queue=${pipeline.workQueue}`],
    ['by error type', 'errorType=PaymentRefused'],
    ['by order ID', 'orderId=ORD-L0-000042'],
    ['by order ID, nothing found', 'orderId=ORD-0-0'],
    ['by words of the error', 'text=refused'],
    ['by reason, which has no index', 'reason=expired'],
    ['of today, oldest first', `sort=failedAt&failedAfter=${today}T00:00:00.000Z`],
    ['page 400', 'page=400'],
  ];
  const latencies = lists.map((): number[] => []);
  for (let look = 0; look < LOOKS; look += 1) {
    for (const [index, [, query]] of lists.entries()) {
      const started = performance.now();
      await office.client.get(`/api/messages?perPage=25&${query}`, list);
      latencies[index]?.push(performance.now() - started);
    }
  }
  printTable(
    `Lists of 25 out of ${whole(stored)} stored messages (${LOOKS} looks each)`,
    ['', 'p50 ms', 'p95', 'slowest'],
    lists.map(([name], index) => {
      const times = latencies[index] ?? [];
      return [name, quantile(times, 0.5).toFixed(1), quantile(times, 0.95).toFixed(1), Math.max(...times).toFixed(1)];
    }),
  );
}
