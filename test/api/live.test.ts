import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { GroupRow } from '../../server/contract/schemas/groups.ts';
import type { List } from '../../server/contract/schemas/lists.ts';
import { openDeadQueue, type TestDeadQueue } from '../support/dead-queue.ts';
import { openEventStream, type TestStream } from '../support/event-stream.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { deskOf } from '../support/office-desk.ts';
import { waitFor } from '../support/services.ts';

/** From an act's answer to its news on another instance's stream, in ms. */
const SEEN_WITHIN_MS = 2_000;

let here: TestOffice;
let there: TestOffice;
let dead: TestDeadQueue;
let other: TestDeadQueue;
let messageId: string;
let groupId: string;
let stream: TestStream;
let cookie: string;

beforeAll(async () => {
  [dead, other] = [await openDeadQueue(), await openDeadQueue()];
  here = await startOffice({ deadQueues: [dead.name] });
  there = await startOffice({ databaseUrl: here.databaseUrl });
  await dead.bury({ body: '{}', headers: { 'x-failure-queue': 'orders.cancel', 'x-failure-type': 'TimeoutError' } });
  messageId = (await deskOf(here).failed(dead.name, 1))[0]?.id ?? '';
  const groups = (await here.api.get('/api/groups').expect(200)).body as List<GroupRow>;
  groupId = groups.data[0]?.id ?? '';
  const login = await fetch(`${there.url}/api/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(there.administrator),
  });
  cookie = login.headers.get('set-cookie')?.split(';')[0] ?? '';
  stream = await openEventStream(there.url, { cookie });
  await waitFor(() => stream.position());
});

afterAll(async () => {
  await stream.close();
  await there.remove();
  await here.remove();
  await Promise.all([dead.remove(), other.remove()]);
});

/** Does something here, and waits until it is told there, in time. */
async function seenThere(act: () => Promise<unknown>, kind: string, subjectId?: string | null): Promise<void> {
  const before = stream.changes().length;
  await act();
  await waitFor(
    () =>
      stream
        .changes()
        .slice(before)
        .some((told) => told.kind === kind && (subjectId === undefined || told.subjectId === subjectId)),
    { deadlineMs: SEEN_WITHIN_MS, describe: () => `${kind}; told: ${JSON.stringify(stream.changes().slice(before))}` },
  );
}

describe('What one operator does is told within two seconds to another one, on another instance', () => {
  it('a group that somebody looks into', async () => {
    const act = () => here.api.patch(`/api/groups/${groupId}`).send({ version: 1, state: 'investigating' }).expect(200);
    await seenThere(act, 'groups', groupId);
  });

  it('resends that are frozen, and let go on', async () => {
    const freeze = (resendsFrozen: unknown) => here.api.patch('/api/settings').send({ resendsFrozen }).expect(200);
    await seenThere(() => freeze({ reason: 'order API is down' }), 'settings', null);
    await seenThere(() => freeze(null), 'settings', null);
  });

  it('saved views, shared and not: their owner may have another window', async () => {
    let id = '';
    const save = async (isShared: boolean, name: string) => {
      const made = await here.api.post('/api/saved-views').send({ name, address: 'queue=a', isShared }).expect(201);
      ({ id } = made.body as { id: string });
    };
    await seenThere(() => save(true, 'Shared'), 'savedViews');
    await seenThere(() => save(false, 'Own'), 'savedViews');
    await seenThere(() => here.api.patch(`/api/saved-views/${id}`).send({ name: 'X', version: 1 }), 'savedViews', id);
    await seenThere(() => here.api.delete(`/api/saved-views/${id}`).expect(204), 'savedViews', id);
  });

  it('dead queues that are added, changed and removed', async () => {
    let id = '';
    await seenThere(async () => {
      const added = await here.api.post('/api/dead-queues').send({ name: other.name }).expect(201);
      ({ id } = added.body as { id: string });
    }, 'deadQueues');
    const change = () =>
      here.api
        .patch(`/api/dead-queues/${id}`)
        .send({ stripHeaders: ['x-own-retries'] })
        .expect(200);
    await seenThere(change, 'deadQueues', id);
    await seenThere(() => here.api.delete(`/api/dead-queues/${id}`).expect(204), 'deadQueues', id);
  });

  it('messages that are imported', async () => {
    const file = await here.api
      .get('/api/messages/export?format=ndjson')
      .set('X-Reveal-Reason', 'moving')
      .buffer(true)
      .expect(200);
    const act = () =>
      here.api.post('/api/rejects/import').set('Content-Type', 'application/x-ndjson').send(file.text).expect(200);
    await seenThere(act, 'rejects', null);
  });

  it('operations, from their start', async () => {
    const act = () =>
      here.api
        .post('/api/operations')
        .send({ action: 'handle', selection: { ids: [messageId] }, reason: 'by phone' })
        .expect(202);
    await seenThere(act, 'operations');
  });
});

describe('A stream that comes back', () => {
  it('is told by another instance what it missed', async () => {
    const position = stream.position() ?? '';
    const { version } = (await here.api.get(`/api/groups/${groupId}`).expect(200)).body as { version: number };
    await here.api.patch(`/api/groups/${groupId}`).send({ version, note: 'Ask team A' }).expect(200);
    const session = /dead_letter_office_session=[^;]+/.exec(cookie)?.[0] ?? '';
    const again = await openEventStream(here.url, { cookie: session }, { lastEventId: position });
    await waitFor(() => again.changes().some(({ kind, subjectId }) => kind === 'groups' && subjectId === groupId));
    expect(again.events.every(({ data }) => data.type !== 'changes' || !data.reset)).toBe(true);
    await again.close();
  });
});

it('the contract names every kind of event', async () => {
  const document = JSON.stringify((await here.api.get('/api/openapi.json').expect(200)).body);
  expect(document).toContain('"/api/events"');
  for (const kind of ['operation', 'changes', 'health', 'savedViews']) expect(document).toContain(`"${kind}"`);
});
