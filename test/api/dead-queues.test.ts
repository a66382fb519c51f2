import { afterEach, expect, it } from 'vitest';

import type { List } from '../../server/contract/schemas/lists.ts';
import type { DeadQueue } from '../../server/contract/schemas/dead-queues.ts';
import { openDeadQueue } from '../support/dead-queue.ts';
import { startOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';

const cleanUp: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function openQueues(): Promise<{ safe: string; leaky: string }> {
  const safe = await openDeadQueue();
  cleanUp.push(safe.remove);
  const leaky = await openDeadQueue({ arguments: { 'x-message-ttl': 86_400_000, 'x-max-length': 1000 } });
  cleanUp.push(leaky.remove);
  return { safe: safe.name, leaky: leaky.name };
}

it('warns of what the broker itself could do to the messages of a dead queue', async () => {
  const { safe, leaky } = await openQueues();
  const office = await startOffice({ deadQueues: [safe, leaky] });
  cleanUp.push(office.remove);
  const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>;
  const warnings = new Map(data.map((queue) => [queue.name, queue.warnings]));
  expect(warnings.get(safe)).toEqual([]);
  expect(warnings.get(leaky)).toEqual([
    { code: 'messageTtl', params: { count: 86_400_000 } },
    { code: 'maxLength', params: { count: 1000 } },
  ]);
});

it('works without the management API, and then knows of no such thing', async () => {
  const { leaky } = await openQueues();
  const office = await startOffice({ deadQueues: [leaky], managementUrl: null });
  cleanUp.push(office.remove);
  const queue = await waitFor(async () => {
    const { data } = (await office.api.get('/api/dead-queues').expect(200)).body as List<DeadQueue>;
    return data.find(({ state }) => state === 'consuming');
  });
  expect(queue.warnings).toEqual([]);
});
