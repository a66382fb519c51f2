import type {
  CountedGroup,
  FailureSeries,
  FailuresOverTime,
  Overview,
} from '../../../server/contract/schemas/statistics.ts';
import { SPARKLINE_HOURS } from '../../../server/contract/statistics.ts';

const HOUR_MS = 3_600_000;

export const TIMEOUTS: CountedGroup = {
  id: '7',
  errorType: 'com.example.TimeoutError',
  message: 'Order API timed out after # ms',
  queue: 'orders.cancel',
};

function hourOf(time: number): number {
  return Math.floor(time / HOUR_MS) * HOUR_MS;
}

/** An office in which something is going wrong. */
export function fakeOverview(): Overview {
  const now = Date.now();
  const hoursAgo = (hours: number) => new Date(hourOf(now) - hours * HOUR_MS).toISOString();
  const intake = { since: hoursAgo(1), count: 480 };
  return {
    at: new Date(now).toISOString(),
    hasFailed: true,
    pending: {
      count: 1204,
      countAtLeast: 1204,
      estimate: null,
      overHour: { since: hoursAgo(1), cameIn: 320, left: 20 },
      overDay: { since: hoursAgo(24), cameIn: 400, left: 450 },
    },
    cameBack: {
      since: hoursAgo(3),
      count: 5,
      groups: [{ group: TIMEOUTS, cameBack: 5, resent: 12 }],
    },
    backlog: { depth: 17, known: 2, watched: 2 },
    runningOperations: 0,
    growing: {
      since: hoursAgo(1),
      groups: [
        {
          group: TIMEOUTS,
          recent: 312,
          before: 96,
          sparkline: Array.from({ length: SPARKLINE_HOURS }, (_, hour) => (hour > 21 ? 156 : 4)),
        },
      ],
    },
    deadQueues: [
      {
        id: '1',
        name: 'orders.dead',
        watched: true,
        state: 'consuming',
        depth: 17,
        intake,
        warnings: 0,
        checked: true,
      },
      {
        id: '2',
        name: 'notice.dead',
        watched: true,
        state: 'consuming',
        depth: 0,
        intake: { ...intake, count: 0 },
        warnings: 2,
        checked: true,
      },
    ],
  };
}

/** Two bars an hour apart, of two series. */
export function fakeFailures(query: URLSearchParams): FailuresOverTime {
  const first = hourOf(Date.now()) - HOUR_MS;
  const at = (hour: number) => new Date(first + hour * HOUR_MS).toISOString();
  const named: FailureSeries =
    query.get('by') === 'group'
      ? { kind: 'group', group: TIMEOUTS, total: 7, counts: [3, 4] }
      : { kind: 'queue', queue: 'orders.cancel', total: 7, counts: [3, 4] };
  return {
    by: query.get('by') === 'group' ? 'group' : 'queue',
    bucket: query.get('bucket') === 'day' ? 'day' : 'hour',
    timeZone: query.get('timeZone') ?? 'UTC',
    buckets: [
      { from: at(0), to: at(1) },
      { from: at(1), to: at(2) },
    ],
    series: [named, { kind: 'others', total: 1, counts: [0, 1] }],
  };
}
