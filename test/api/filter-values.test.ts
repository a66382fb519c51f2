import { afterAll, beforeAll, expect, it } from 'vitest';

import type { FilterValues } from '../../server/contract/schemas/filter-values.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { deskOf } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';

let office: TestOffice;
let dead: TestDeadQueue;

const values = async (query: Record<string, string>) =>
  (await office.api.get('/api/messages/values').query(query).expect(200)).body as FilterValues;

beforeAll(async () => {
  dead = await openDeadQueue();
  office = await startOffice({ deadQueues: [dead.name] });
  for (const [queue, type] of [
    ['orders.cancel', 'TimeoutError'],
    ['orders.cancel', 'TimeoutError'],
    ['orders.cancel', 'TemplateError'],
    ['Notice.send', 'TemplateError'],
  ] as const) {
    await dead.bury({
      headers: {
        'x-failure-type': type,
        'x-failure-message': 'It failed',
        'x-failure-queue': queue,
        'x-failure-exchange': 'orders',
      },
    });
  }
  await deskOf(office).failed(dead.name, 4);
});

afterAll(async () => {
  await office.remove();
  await dead.remove();
});

it('the values of a filter come with their failures, most first', async () => {
  const queues = await values({ field: 'queue' });
  expect(queues).toMatchObject({
    data: [
      { value: 'orders.cancel', failures: 3 },
      { value: 'Notice.send', failures: 1 },
    ],
    isWhole: true,
  });
  const days = (Date.now() - Date.parse(queues.since)) / 86_400_000;
  expect(days).toBeGreaterThanOrEqual(7);
  expect((await values({ field: 'errorType' })).data).toEqual([
    { value: 'TemplateError', failures: 2 },
    { value: 'TimeoutError', failures: 2 },
  ]);
  expect((await values({ field: 'deadQueue' })).data).toEqual([{ value: dead.name, failures: 4 }]);
});

it('values that are not counted are listed all the same', async () => {
  expect((await values({ field: 'exchange' })).data).toEqual([{ value: 'orders', failures: null }]);
});

it('values are narrowed by a part of them, in any case', async () => {
  expect((await values({ field: 'queue', search: 'NOTICE' })).data).toEqual([{ value: 'Notice.send', failures: 1 }]);
  expect((await values({ field: 'queue', search: '%' })).data).toEqual([]);
});

it('values stay listed when their messages are deleted or sent', async () => {
  const { data } = (await office.api.get('/api/messages').query({ queue: 'Notice.send' }).expect(200)).body as {
    data: { id: string }[];
  };
  const ids = data.map(({ id }) => id);
  await office.api.post('/api/operations').send({ action: 'delete', selection: { ids } }).expect(202);
  await deskOf(office).until(ids[0] ?? '', ({ status }) => status === 'deleted', 'it is deleted');
  expect((await values({ field: 'queue' })).data.map(({ value }) => value)).toContain('Notice.send');
});

it('other fields are refused', async () => {
  await office.api.get('/api/messages/values').query({ field: 'routingKey' }).expect(400);
  await office.api.get('/api/messages/values').expect(400);
});
