import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { OFFICE_HEADER } from '../../../server/amqp/publisher.ts';
import type { HeaderTable, MessageProperties } from '../../../server/amqp/message.ts';
import { openFailingWork, type FailingWork } from '../../support/failing-work.ts';
import { deskOf, type OfficeDesk } from '../../support/office-desk.ts';
import { startOffice, type TestOffice } from '../../support/office.ts';
import { waitFor } from '../../support/services.ts';

let office: TestOffice;
let desk: OfficeDesk;
let work: FailingWork;

beforeEach(async () => {
  work = await openFailingWork();
  office = await startOffice();
  desk = deskOf(office);
  await office.api.post('/api/dead-queues').send({ name: work.deadQueue, addHeader: false }).expect(201);
});
afterEach(async () => {
  await office.remove();
  await work.remove();
});

const order = (properties: MessageProperties = {}, headers?: HeaderTable, body = '{"orderId":"ORD-1"}') => ({
  properties: { deliveryMode: 2, ...properties },
  ...(headers === undefined ? {} : { headers }),
  body: Buffer.from(body),
});
const recognised = async (id: string) => (await desk.message(id)).deaths.map(({ recognisedBy }) => recognisedBy);

describe('a message that was resent without our header', () => {
  it('bears nothing of ours, and is recognised by its message id', async () => {
    await work.publish(order({ messageId: 'm-1' }));
    const [first] = await desk.failed(work.deadQueue, 1);
    const id = first?.id ?? '';
    await desk.resend([id]);
    await desk.until(id, ({ failureCount }) => failureCount === 2, 'a second death');
    expect(work.worked).toHaveLength(2);
    expect(work.worked[1]?.headers?.some(({ name }) => name === OFFICE_HEADER) ?? false).toBe(false);
    expect(await recognised(id)).toEqual([null, 'messageId']);
    expect(await desk.failed(work.deadQueue, 1)).toHaveLength(1);
  });

  it('is recognised by its contents where it has no message id', async () => {
    const headers: HeaderTable = [
      { name: 'z', type: 'int64', value: '9007199254740993' },
      { name: 'a', type: 'table', value: [] },
    ];
    await work.publish(order({ correlationId: 'c' }, headers));
    const [first] = await desk.failed(work.deadQueue, 1);
    const id = first?.id ?? '';
    for (const times of [2, 3]) {
      await desk.resend([id]);
      await desk.until(id, ({ failureCount }) => failureCount === times, `${times} deaths`);
    }
    expect(await recognised(id)).toEqual([null, 'contents', 'contents']);
    expect(await desk.failed(work.deadQueue, 1)).toHaveLength(1);
  });

  it('answers for as many as were resent: of three twins, one is a message of its own', async () => {
    await work.publish(order());
    await work.publish(order());
    const twins = await desk.failed(work.deadQueue, 2);
    await desk.resend(
      twins.map(({ id }) => id),
      { includePossibleDuplicates: true },
    );
    await waitFor(async () => (await desk.failed(work.deadQueue, 2)).every(({ failureCount }) => failureCount === 2), {
      describe: 'both to come back',
    });
    await work.publish(order());
    const all = await desk.failed(work.deadQueue, 3);
    expect(all.map(({ failureCount }) => failureCount)).toEqual([2, 2, 1]);
    expect(all.map(({ copyOf }) => copyOf)).toEqual([null, null, null]);
  });

  it('is not taken for another one: other contents, another id, nothing resent', async () => {
    await work.publish(order({}, [{ name: 'n', type: 'int32', value: 1 }]));
    await work.publish(order({ messageId: 'm-1' }));
    const first = await desk.failed(work.deadQueue, 2);
    await work.work('ack');
    await desk.resend(first.map(({ id }) => id));
    await work.work('reject');
    await work.publish(order({}, [{ name: 'n', type: 'int64', value: '1' }]));
    await work.publish(order({ messageId: 'm-2' }));
    const all = await desk.failed(work.deadQueue, 4);
    expect(all.map(({ status }) => status)).toEqual(['resent', 'resent', 'pending', 'pending']);
  });
});

it('a message that fails three times is one record with three deaths, and the contents of each', async () => {
  const queue = await desk.deadQueue(work.deadQueue);
  await office.api.patch(`/api/dead-queues/${queue.id}`).send({ addHeader: true }).expect(200);
  await work.publish(order({ messageId: 'm-1' }, [{ name: 'n', type: 'double', value: 5 }]));
  const [first] = await desk.failed(work.deadQueue, 1);
  const id = first?.id ?? '';
  const operations: string[] = [];
  for (const times of [2, 3]) {
    operations.push((await desk.resend([id])).id);
    await desk.until(id, ({ failureCount }) => failureCount === times, `${times} deaths`);
  }
  const message = await desk.message(id);
  expect(message).toMatchObject({ status: 'pending', failureCount: 3, copyOf: null });
  expect(message.deaths.map(({ operationId }) => operationId)).toEqual([null, ...operations]);
  expect(message.deaths.map(({ recognisedBy }) => recognisedBy)).toEqual([null, 'mark', 'mark']);
  expect(new Set(message.deaths.map((death) => death.id)).size).toBe(3);
  for (const operation of operations) expect(await desk.operation(operation)).toMatchObject({ cameBack: 1 });
  // Each time it reached the worker as it was, but for our one header.
  expect(work.worked).toHaveLength(3);
  for (const { properties, headers = [], body: bytes } of work.worked) {
    expect(properties).toEqual({ deliveryMode: 2, messageId: 'm-1' });
    expect(headers.filter(({ name }) => name !== OFFICE_HEADER)).toEqual([{ name: 'n', type: 'double', value: 5 }]);
    expect(bytes.toString()).toBe('{"orderId":"ORD-1"}');
  }
  expect(await desk.failed(work.deadQueue, 1)).toHaveLength(1);
});
