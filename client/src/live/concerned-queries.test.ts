import { QueryClient, type QueryKey } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

import { CHANGE_KINDS, type ChangeKind } from '../../../server/contract/changes.ts';
import { ALL, askAnew, concernedBy } from './concerned-queries.ts';
import { Paced } from './paced.ts';

/** What the screens ask, one of each: the names are those of the screens. */
const ASKED: Readonly<Record<string, QueryKey>> = {
  messageList: ['messages', 'getList', {}],
  message: ['messages', 'one', '1'],
  messageTimeline: ['messages', 'timeline', '1'],
  counts: ['messages', 'counts', {}],
  groupList: ['groups', 'getList', {}],
  group: ['groups', 'one', '1'],
  order: ['orders', 'ORD-1'],
  operationList: ['operations', 'getList', {}],
  operation: ['operations', 'one', '1'],
  runningOperations: ['operations', 'running'],
  preview: ['operations', 'preview', {}],
  deadQueues: ['dead-queues', 'getList', {}],
  rejects: ['rejects', 'getList', {}],
  reject: ['reject', '1'],
  views: ['saved-views'],
  settings: ['settings', 'now'],
  overview: ['statistics', 'overview'],
  audit: ['audit-events', 'getList', {}],
  health: ['health'],
  tokens: ['tokens', 'me'],
  body: ['body', '/api/messages/1/body'],
};
const OF_MESSAGES = ['message', 'messageTimeline', 'counts', 'groupList', 'group', 'order', 'overview'];

let queryClient: QueryClient;
beforeEach(() => {
  queryClient = new QueryClient();
  for (const key of Object.values(ASKED)) queryClient.setQueryData(key, { data: [] });
});
afterEach(() => {
  queryClient.clear();
});

/** Which of them are asked anew when they are looked at. */
function askedAnew(): Set<string> {
  return new Set(
    Object.keys(ASKED).filter((name) => queryClient.getQueryState(ASKED[name] ?? [])?.isInvalidated === true),
  );
}

describe('A change asks anew what it concerns, and nothing else', () => {
  const rules: Record<ChangeKind, string[]> = {
    groups: ['groupList', 'group', 'overview', 'message', 'audit'],
    savedViews: ['views', 'audit'],
    settings: ['settings', 'audit'],
    deadQueues: ['deadQueues', 'overview', 'audit'],
    rejects: ['rejects', 'reject', ...OF_MESSAGES, 'audit'],
    messages: [...OF_MESSAGES, 'audit'],
    operations: ['operationList', 'operation', 'runningOperations', ...OF_MESSAGES, 'audit'],
    users: ['group', 'audit'],
    tokens: ['tokens', 'audit'],
    maskingRules: ['operationList', 'operation', 'runningOperations', 'reject', 'views', ...OF_MESSAGES, 'audit'],
  };
  it.each(CHANGE_KINDS)('%s', (kind) => {
    for (const key of concernedBy(kind)) askAnew(queryClient, key);
    expect(askedAnew()).toEqual(new Set(rules[kind]));
  });

  it('of a kind that only a newer office knows: everything; but the rows of a list of messages never move', () => {
    for (const key of concernedBy('weather')) askAnew(queryClient, key);
    expect(askedAnew()).toEqual(new Set(Object.keys(ASKED).filter((name) => name !== 'messageList')));
    expect(concernedBy('weather')).toEqual([ALL]);
  });
});

describe('What is wanted again and again', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is asked for at once, then once at the end of its pace, and each thing at its own', () => {
    const asked: string[] = [];
    const paced = new Paced((key) => asked.push(key.join('.')));
    for (let times = 0; times < 5; times += 1) paced.want(['groups'], 1000);
    expect(asked).toEqual(['groups']);
    paced.want(['settings'], 1000);
    expect(asked).toEqual(['groups', 'settings']);
    vi.advanceTimersByTime(999);
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(1);
    expect(asked).toEqual(['groups', 'settings', 'groups']);
    vi.advanceTimersByTime(10_000);
    expect(asked).toHaveLength(3);
  });

  it('goes by the faster pace, and not at all once it is stopped', () => {
    const asked: string[] = [];
    const paced = new Paced((key) => asked.push(key.join('.')));
    paced.want(['messages'], 2000);
    paced.want(['messages'], 2000);
    paced.want(['messages'], 1000);
    vi.advanceTimersByTime(1000);
    expect(asked).toHaveLength(2);
    vi.advanceTimersByTime(2000);
    expect(asked).toHaveLength(2);
    paced.want(['messages'], 2000);
    paced.want(['messages'], 2000);
    paced.stop();
    vi.advanceTimersByTime(5000);
    expect(asked).toHaveLength(3);
  });
});
