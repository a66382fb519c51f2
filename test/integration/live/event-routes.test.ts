import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { SessionWatch } from '../../../server/access/session-watch.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { ChangeFeed } from '../../../server/live/change-feed.ts';
import { eventRoutes } from '../../../server/live/event-routes.ts';
import { CurrentMasking } from '../../../server/masking/current-masking.ts';
import { OperationFeed } from '../../../server/operations/operation-feed.ts';
import { EventStreams } from '../../../server/web/server-sent-events.ts';
import { openEventStream, type TestStream } from '../../support/event-stream.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { serveRoutes } from '../../support/served-routes.ts';
import { waitFor } from '../../support/services.ts';
import { silentLogger } from '../../support/wire.ts';

let desk: OperationDesk;
let served: Awaited<ReturnType<typeof serveRoutes>>;
let streams: EventStreams;

beforeEach(async () => {
  desk = await openOperationDesk();
  streams = new EventStreams();
  // Whom the served routes take everybody for.
  await desk
    .database('users')
    .insert({ id: 7, username: 'viewer', role: 'viewer', password_hash: '', created_at: new Date() });
  const routes = eventRoutes({
    operations: new OperationFeed(desk.database, silentLogger),
    changes: new ChangeFeed(desk.database, silentLogger),
    streams,
    masking: new CurrentMasking(desk.database),
    database: desk.database,
    authenticate: () => Promise.resolve(null),
    sessions: new SessionWatch(desk.database, silentLogger),
  });
  served = await serveRoutes(routes);
});
afterEach(async () => {
  streams.close();
  served.close();
  await desk.close();
});

const VIEWER = { 'X-Role': 'viewer' };
const operationsOf = ({ events }: TestStream): Operation[] =>
  events.flatMap(({ data }) => (data.type === 'operation' ? [data.operation] : []));

describe('The event stream', () => {
  it('follows an operation from its start to its end, and ends when the process stops', async () => {
    const stream = await openEventStream(served.url, VIEWER);
    expect(stream.contentType).toMatch('text/event-stream');
    const ids = await desk.seed([{}]);
    const { id } = await desk.plan({ action: 'delete', selection: { ids } });
    await waitFor(() => operationsOf(stream).some((one) => one.id === id && one.status === 'running'));
    desk.instance();
    await waitFor(() => operationsOf(stream).some((one) => one.id === id && one.finishedAt !== null));
    // Whoever was away in between learns by these that there was an operation.
    await waitFor(() => stream.changes().filter(({ kind, subjectId }) => kind === 'operations' && subjectId === id)[1]);
    expect(streams.size).toBe(1);
    streams.close();
    await stream.ended;
    expect(streams.size).toBe(0);
  });

  it('says at once from where it can be taken up again; ids that the office never gave mean: all anew', async () => {
    const fresh = await openEventStream(served.url, VIEWER);
    const position = await waitFor(() => fresh.position());
    const resumed = await openEventStream(served.url, VIEWER, { lastEventId: position });
    const byHeader = await openEventStream(served.url, { ...VIEWER, 'Last-Event-ID': position }, { lastEventId: '0' });
    const foreign = await openEventStream(served.url, { ...VIEWER, 'Last-Event-ID': 'abc' });
    const all = [fresh, resumed, byHeader, foreign];
    await waitFor(() => all.every((stream) => stream.events.length > 0));
    const resets = all.map(({ events }) => events[0]?.data.type === 'changes' && events[0].data.reset);
    expect(resets).toEqual([false, false, false, true]);
    expect(all.map(({ events }) => events[0]?.name)).toEqual(['changes', 'changes', 'changes', 'changes']);
    for (const stream of all) await stream.close();
    await waitFor(() => streams.size === 0);
    expect((await fetch(`${served.url}/api/events?lastEventId=abc`, { headers: VIEWER })).status).toBe(400);
  });

  it('is not for strangers', async () => {
    expect((await fetch(`${served.url}/api/events`)).status).toBe(401);
  });
});
