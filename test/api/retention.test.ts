import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { OperationItem } from '../../server/contract/schemas/operations.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { openFailingWork, type FailingWork } from '../support/failing-work.ts';
import { deskOf, type OfficeDesk } from '../support/office-desk.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { waitFor } from '../support/services.ts';
import { reveal } from '../support/reveal.ts';

let office: TestOffice;
let desk: OfficeDesk;
let work: FailingWork;
let id: string;

/** A message that failed, was deleted, and all of it 40 days ago. */
beforeAll(async () => {
  work = await openFailingWork();
  office = await startOffice({ deadQueues: [work.deadQueue] });
  desk = deskOf(office);
  await work.publish({
    properties: { messageId: 'm-1', deliveryMode: 2 },
    headers: [{ name: 'customer', type: 'string', value: 'Kim' }],
    body: Buffer.from('{"orderId":"ORD-1"}'),
  });
  [{ id } = { id: '' }] = await desk.failed(work.deadQueue, 1);
  await desk.resend([id], { action: 'delete' });
  const database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
  await database('deaths').update({ arrived_at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 40 DAY') });
  await database('operation_items').update({ at: database.raw('UTC_TIMESTAMP(3) - INTERVAL 40 DAY') });
  await database.destroy();
});
afterAll(async () => {
  await office.remove();
  await work.remove();
});

const preview = (query: Record<string, string>) => office.api.get('/api/retention/preview').query(query);

describe('GET /api/retention/preview', () => {
  it('says what these terms would remove now', async () => {
    const none = { count: 0, countAtLeast: 0 };
    const one = { count: 1, countAtLeast: 1 };
    const bodyOf = async (query: Record<string, string>) => {
      const answer = await preview(query).expect(200);
      return answer.body as unknown;
    };
    expect(await bodyOf({ contentsKeptDays: '41' })).toEqual({ contents: none, records: none });
    expect(await bodyOf({ contentsKeptDays: '39' })).toEqual({ contents: one, records: none });
    expect(await bodyOf({ contentsKeptDays: '10', recordsKeptDays: '39' })).toEqual({ contents: none, records: one });
    expect(await desk.message(id)).toMatchObject({ bodyPreview: { text: '{"orderId":"ORD-1"}' } });
  });

  it('refuses what is no term', async () => {
    for (const query of [
      {},
      { contentsKeptDays: '' },
      { contentsKeptDays: '0' },
      { contentsKeptDays: '1.5' },
      { contentsKeptDays: '30', recordsKeptDays: '-1' },
      { contentsKeptDays: '30', other: '1' },
    ]) {
      const answer = await preview(query as Record<string, string>).expect(400);
      expect(answer.body).toMatchObject({ code: 'request.malformed' });
    }
  });

  it('is for administrators', async () => {
    const database = connectDatabase({ url: office.databaseUrl, poolSize: 1 });
    try {
      await database('users').update({ role: 'operator' });
      await preview({ contentsKeptDays: '30' }).expect(403);
    } finally {
      await database('users').update({ role: 'admin' });
      await database.destroy();
    }
  });
});

describe('a message whose contents are past their term', () => {
  it('says so, keeps its record, and cannot be resent', async () => {
    await office.api.patch('/api/settings').send({ contentsKeptDays: 30 }).expect(200);
    // The term is followed without a restart.
    const message = await desk.until(id, ({ bodyPreview }) => bodyPreview === null, 'its contents to go');
    expect(message).toMatchObject({
      status: 'deleted',
      keys: { orderId: ['ORD-1'] },
      messageId: 'm-1',
      headersTyped: [],
      properties: {},
      resendable: { ok: false, code: 'item.contentsPurged' },
    });
    await reveal(office.api, id);
    await office.api.get(`/api/messages/${id}/body`).expect(410);
    const events = await waitFor(async () => {
      const answer = await office.api.get('/api/audit-events').query({ kind: 'retention.purged' }).expect(200);
      const { data } = answer.body as { data: { actor: string; details: unknown }[] };
      return data.length > 0 ? data : null;
    });
    expect(events).toMatchObject([
      { actor: 'office', details: { contents: 1, records: 0, contentsKeptDays: 30, recordsKeptDays: null } },
    ]);
    await desk.resend([id], { action: 'restore' });
    expect(await desk.message(id)).toMatchObject({ status: 'pending' });
    const operation = await desk.resend([id]);
    const items = await office.api.get(`/api/operations/${operation.id}/items`).expect(200);
    const [item] = (items.body as { data: OperationItem[] }).data;
    expect(item).toMatchObject({ outcome: 'skipped', error: { code: 'item.contentsPurged' } });
    expect(work.worked).toHaveLength(1);
  });
});
