import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';

import { fakeMessage } from './fake-messages.ts';
import { addStory } from './fake-story.ts';
import { FakeOffice } from './fake-office.ts';
import { fakeSession, fakeUser } from './fake-users.ts';

// `npm run dev:fake`: the whole console in a browser without a server. What is done in it is gone with the page.

const MESSAGES = 480;

function fakeDeadQueue(id: string, name: string, over: Partial<DeadQueue> = {}): DeadQueue {
  const now = new Date().toISOString();
  return {
    id,
    broker: 'main',
    name,
    type: 'quorum',
    watched: true,
    state: 'consuming',
    since: now,
    depth: 0,
    consumers: 1,
    lastError: null,
    lastMessageAt: now,
    pending: MESSAGES / 2,
    prefetch: null,
    stripHeaders: [],
    addHeader: true,
    whenDatabaseAway: 'hold',
    warnings: [],
    watches: [],
    version: 1,
    createdAt: now,
    ...over,
  };
}

const office = new FakeOffice();
office.role = 'admin';
office.pace = 5;
office.messages = Array.from({ length: MESSAGES }, (_, number) => fakeMessage(number, {}, Date.now()));
office.deadQueues = [
  fakeDeadQueue('1', 'orders.dead', { warnings: [{ code: 'deliveryLimit', params: { count: 20 } }] }),
  fakeDeadQueue('2', 'notice.dead', { type: 'classic' }),
];

office.users.deadQueueNames = ['notice.dead', 'orders.dead'];
office.users.users = [
  fakeUser('1', 'operator', { role: 'admin', sessions: 2 }),
  fakeUser('2', 'kim.minjun', { role: 'lead' }),
  fakeUser('3', '이서연', { scope: ['orders.*'], deadQueues: ['orders.dead'], mustChangePassword: true, sessions: 0 }),
  fakeUser('4', 'partner', { role: 'viewer', lockedUntil: new Date(Date.now() + 400_000).toISOString() }),
  fakeUser('5', 'leaver', { state: 'disabled', sessions: 0 }),
];
office.users.sessions.push(
  fakeSession('2', { userAgent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1' }),
);

const [shown] = office.messages;
if (shown) addStory(office, shown);

const toServer = window.fetch.bind(window);
/** How long an answer takes, in ms: a screen that waits is to be seen as well. */
const ANSWERS_AFTER_MS = 60;
window.fetch = async (input, init) => {
  const { pathname } = new URL(input instanceof Request ? input.url : input, window.location.href);
  if (!/^\/(?:api|health)\//.test(pathname)) return await toServer(input, init);
  await new Promise((answered) => {
    setTimeout(answered, ANSWERS_AFTER_MS);
  });
  return await office.fetch(input, init);
};

// No server tells of anything.
Reflect.deleteProperty(window, 'EventSource');

await import('../main.tsx');
