import type { Group, GroupRow } from '../../../server/contract/schemas/groups.ts';

/** A group of the fake office, different from its neighbours and the same each time. */
export function fakeGroup(number: number, over: Partial<Group> = {}): Group {
  const id = String(number);
  const errorType = number % 2 === 1 ? 'TimeoutError' : 'com.example.TemplateError';
  const normalisedMessage = number % 2 === 1 ? 'Order API timed out after # ms' : 'Unknown template TMS-#';
  const queue = number % 2 === 1 ? 'orders.cancel' : 'notice.send';
  return {
    id,
    filter: { groupId: [id] },
    errorType,
    normalisedMessage,
    queues: [queue],
    deadQueues: ['orders.dead'],
    pending: 3 * number,
    failures24h: 4 * number,
    hourly: Array.from({ length: 24 }, (_, hour) => (hour > 19 ? number : 0)),
    growth: 2 * number,
    firstSeenAt: '2026-11-21T07:18:00.000Z',
    lastSeenAt: '2026-11-22T03:10:42.000Z',
    resent: 0,
    cameBack: 0,
    orders: { count: 2 * number, atLeast: false },
    state: 'open',
    snoozedUntil: null,
    resolvedAt: null,
    regressedAt: null,
    assignee: null,
    note: null,
    trackerUrl: null,
    version: 1,
    fingerprints: [
      {
        id: `${number}1`,
        queue,
        errorType,
        normalisedMessage,
        frame: 'cancelOrder (workers/cancel.ts)',
        pending: 3 * number,
        lastSeenAt: '2026-11-22T03:10:42.000Z',
      },
    ],
    fingerprintsTotal: 1,
    isWhole: true,
    assignable: ['kim', 'operator'],
    ...over,
  };
}

/** As the list shows it. */
export function fakeGroupRow({
  fingerprints: _parts,
  fingerprintsTotal: _total,
  isWhole: _isWhole,
  assignable: _users,
  ...group
}: Group): GroupRow {
  return { ...group, key: `e${group.id}`, groups: 1, groupIds: [group.id] };
}
