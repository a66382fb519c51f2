import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { connectDatabase } from '../../../server/database/connect.ts';
import { openFailingWork, type FailingWork } from '../../support/failing-work.ts';
import { deskOf, type OfficeDesk } from '../../support/office-desk.ts';
import { startOffice, type TestOffice } from '../../support/office.ts';
import { waitFor } from '../../support/services.ts';

const QUIET_MS = 1_500;

let office: TestOffice;
let desk: OfficeDesk;
let work: FailingWork;
let others: { remove: () => Promise<void> }[];

beforeEach(async () => {
  work = await openFailingWork();
  office = await startOffice({ deadQueues: [work.deadQueue], quietPeriodMs: QUIET_MS });
  desk = deskOf(office);
  others = [];
});
afterEach(async () => {
  for (const one of others) await one.remove();
  await office.remove();
  await work.remove();
});

const cancelOrder = (body: string) => ({ properties: { deliveryMode: 2 }, body: Buffer.from(body) });

/** Lets a message fail, and the office take it in. */
async function failOne(of: FailingWork, body = '{"orderId":"ORD-1"}'): Promise<string> {
  await of.work('reject');
  await of.publish(cancelOrder(body));
  const failed = await desk.failed(of.deadQueue, 1);
  return failed.at(-1)?.id ?? '';
}

/** Another pipeline, whose message settles: so long ago is the quiet period of others over that began before. */
async function aQuietPeriodLater(): Promise<void> {
  const other = await openFailingWork();
  others.push(other);
  await office.api.post('/api/dead-queues').send({ name: other.deadQueue }).expect(201);
  const id = await failOne(other, 'control');
  await other.work('ack');
  await desk.resend([id]);
  await desk.until(id, ({ status }) => status === 'settled', 'the other message to settle');
}

describe('a resent message that does not come back', () => {
  it('settles after the quiet period, and everything says so', async () => {
    const id = await failOne(work);
    await work.work('ack');
    const { id: operationId } = await desk.resend([id]);
    expect(await desk.message(id)).toMatchObject({ status: 'resent' });
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
    expect(await desk.operation(operationId)).toMatchObject({ settled: 1, cameBack: 0 });
    const timeline = await desk.timeline(id);
    expect(timeline.map(({ kind }) => kind)).toEqual(['died', 'operation', 'settled']);
    const [, resent, settled] = timeline.map(({ at }) => Date.parse(at));
    expect((settled ?? 0) - (resent ?? 0)).toBeGreaterThanOrEqual(QUIET_MS);
  });

  it('does not settle while nobody works on its queue, and does when somebody does again', async () => {
    const id = await failOne(work);
    await work.work(null);
    await desk.resend([id]);
    await aQuietPeriodLater();
    expect(await desk.message(id)).toMatchObject({ status: 'resent' });
    await work.work('ack');
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
  });

  it('does not settle while its dead queue is not watched', async () => {
    const id = await failOne(work);
    await work.work('ack');
    const { id: queueId } = await desk.deadQueue(work.deadQueue);
    await office.api.patch(`/api/dead-queues/${queueId}`).send({ watched: false }).expect(200);
    await waitFor(async () => (await desk.deadQueue(work.deadQueue)).state !== 'consuming');
    await desk.resend([id]);
    await aQuietPeriodLater();
    expect(await desk.message(id)).toMatchObject({ status: 'resent' });
    await office.api.patch(`/api/dead-queues/${queueId}`).send({ watched: true }).expect(200);
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
  });

  it('settles also when the office was restarted meanwhile, and with a second instance beside', async () => {
    const id = await failOne(work);
    await work.work('ack');
    const second = await startOffice({ databaseUrl: office.databaseUrl, quietPeriodMs: QUIET_MS });
    others.push(second);
    const { id: operationId } = await desk.resend([id]);
    await office.restart();
    desk = deskOf(office);
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
    expect(await desk.operation(operationId)).toMatchObject({ settled: 1 });
  });

  it('is settled once a person says that it was resent', async () => {
    const id = await failOne(work);
    await work.work('ack');
    // As a crash leaves it.
    const database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
    await database('failed_messages').where({ id }).update({ status: 'unknown' });
    await database.destroy();
    await desk.resend([id], { action: 'markResent' });
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
  });
});

describe('one that comes back', () => {
  it('within the quiet period is pending again', async () => {
    const id = await failOne(work);
    const { id: operationId } = await desk.resend([id]);
    await desk.until(id, ({ failureCount }) => failureCount === 2, 'a second death');
    await aQuietPeriodLater();
    expect(await desk.message(id)).toMatchObject({ status: 'pending', failureCount: 2 });
    expect(await desk.operation(operationId)).toMatchObject({ cameBack: 1, settled: 0 });
  });

  it('after it had settled is pending again too', async () => {
    const id = await failOne(work);
    // Somebody has it in hand, for longer than the quiet period: nobody can see that.
    await work.work('hold');
    await desk.resend([id]);
    await desk.until(id, ({ status }) => status === 'settled', 'it to settle');
    work.rejectHeld();
    const back = await desk.until(id, ({ status }) => status === 'pending', 'it to come back');
    expect(back).toMatchObject({ failureCount: 2 });
    expect(back.deaths.map(({ recognisedBy }) => recognisedBy)).toEqual([null, 'mark']);
  });
});
