import { afterAll, beforeAll, expect, test } from 'vitest';

import { openFrameworkDesk, type FrameworkDesk } from '../support/frameworks/desk.ts';

let desk: FrameworkDesk;
beforeAll(async () => {
  desk = await openFrameworkDesk({
    program: process.execPath,
    script: 'rascal.mjs',
    deadQueues: ['.dead'],
    queues: ['.nacked', '.republished', '.forwarded'],
    exchanges: ['.orders', '.dlx', '.failed'],
  });
});
afterAll(async () => {
  await desk.close();
});

test('x', async () => {
  for (const how of ['nack', 'republish', 'forward']) {
    desk.worker.send({ how, orderId: 'ORD-1' });
  }
  const found = await desk.failed(3);
  console.log(JSON.stringify(found, null, 1), desk.worker.tries);
  for (const m of found) console.log(await desk.resend(m.id));
  const again = await desk.failed(3, { failures: 2 });
  console.log(JSON.stringify(again, null, 1), desk.worker.tries);
  desk.worker.mend();
  for (const m of found) console.log(await desk.resend(m.id));
  for (const how of ['nack', 'republish', 'forward']) await desk.handled({ how, orderId: 'ORD-1' });
});
