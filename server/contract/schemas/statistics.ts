import { z } from 'zod';

import { WATCH_STATES } from '../dead-queues.ts';
import { BUCKETS, STACKED_BY } from '../statistics.ts';
import { id, time } from './lists.ts';

const count = z.number().int();

const timeZone = z
  .string()
  .max(64)
  .refine(isTimeZone, 'No time zone')
  .meta({ description: 'An IANA name: whose days these are. Default UTC.', example: 'Asia/Seoul' });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const countedGroup = z
  .strictObject({ id, errorType: z.string().nullable(), message: z.string(), queue: z.string().nullable() })
  .meta({ id: 'CountedGroup', description: 'A group as statistics name it; `message` is the normalised one.' });
export type CountedGroup = z.infer<typeof countedGroup>;

const change = z
  .strictObject({
    since: time.meta({ description: 'The beginning of a UTC hour: counts are kept by the hour.' }),
    cameIn: count.meta({ description: 'New, came back, restored.' }),
    left: count.meta({
      description: 'Resent, handled, deleted. A message that had left and is resent once more counts again.',
    }),
  })
  .meta({ id: 'PendingChange' });

export const overviewQuery = z.strictObject({ timeZone: timeZone.optional() });

export const overview = z
  .strictObject({
    at: time.meta({ description: "The database's clock." }),
    hasFailed: z.boolean().meta({ description: 'Whether any message was ever taken in.' }),
    pending: z.strictObject({
      count: count.nullable().meta({ description: 'Exact to 10 000, null above.' }),
      countAtLeast: count,
      estimate: count.nullable().meta({
        description: 'Above 10 000: what ever came in less what ever left. Null where `count` is not.',
      }),
      overHour: change.meta({ description: 'Since the hour before this one began: 60 to 120 minutes.' }),
      overDay: change.meta({ description: 'Since 24 hours before this hour began.' }),
    }),
    cameBack: z.strictObject({
      since: time.meta({ description: 'Where the day of the time zone began.' }),
      count,
      groups: z
        .array(z.strictObject({ group: countedGroup, cameBack: count, resent: count }))
        .meta({ description: 'Where most came back, most first; both counts are of this day.' }),
    }),
    backlog: z.strictObject({
      depth: count.nullable().meta({ description: 'Messages that wait in RabbitMQ; null when no depth is known.' }),
      known: count.meta({ description: 'Watched dead queues whose depth is known.' }),
      watched: count,
    }),
    runningOperations: count.meta({ description: 'Operations that have not ended.' }),
    growing: z
      .strictObject({
        since: time.meta({ description: 'From here on failures are `recent`: where the hour before this one began.' }),
        groups: z.array(
          z.strictObject({
            group: countedGroup,
            recent: count,
            before: count.meta({ description: 'In the 24 hours before `since`.' }),
            sparkline: z.array(count).meta({ description: 'By the hour; the last one is the hour that runs.' }),
          }),
        ),
      })
      .meta({ description: 'Groups that fail more often than in the 24 hours before, those that grew most first.' }),
    deadQueues: z.array(
      z.strictObject({
        id,
        name: z.string(),
        watched: z.boolean(),
        state: z.enum(WATCH_STATES),
        depth: count.nullable(),
        intake: z.strictObject({ since: time, count }).meta({ description: 'Dead letters taken in since then.' }),
        warnings: count.meta({ description: 'Risks that are known, see the dead queue.' }),
        checked: z.boolean().meta({ description: 'Whether the management API told of its risks.' }),
      }),
    ),
  })
  .meta({ id: 'Overview' });
export type Overview = z.infer<typeof overview>;

export const failuresQuery = z.strictObject({
  by: z.enum(STACKED_BY).optional().meta({ description: 'Default `queue`.' }),
  bucket: z.enum(BUCKETS).optional().meta({ description: 'Default `hour`.' }),
  from: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Widened to whole buckets. Default: a day before `to`, or 30 days with `bucket=day`.' }),
  to: z.iso.datetime({ offset: true }).optional().meta({ description: 'Widened to whole buckets. Default: now.' }),
  timeZone: timeZone.optional(),
});
export type FailuresQuery = z.infer<typeof failuresQuery>;

const counts = { total: count, counts: z.array(count).meta({ description: 'One a bucket, zeros included.' }) };

export const failuresOverTime = z
  .strictObject({
    by: z.enum(STACKED_BY),
    bucket: z.enum(BUCKETS),
    timeZone: z.string(),
    buckets: z.array(z.strictObject({ from: time, to: time })).meta({
      description:
        'Half-open, in order, without gaps; what was counted lies exactly between these times. Where a day does not ' +
        'begin with a UTC hour, its bucket begins with the first UTC hour that does.',
    }),
    series: z
      .array(
        z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('queue'), queue: z.string(), ...counts }),
          z.strictObject({ kind: z.literal('unknownQueue'), ...counts }),
          z.strictObject({ kind: z.literal('group'), group: countedGroup, ...counts }),
          z.strictObject({ kind: z.literal('others'), ...counts }),
        ]),
      )
      .meta({ description: 'The 8 with most failures, most first; the rest together is `others`.' }),
  })
  .meta({
    id: 'FailuresOverTime',
    description: 'Failures are arrivals in dead queues: new messages, and those that came back.',
  });
export type FailuresOverTime = z.infer<typeof failuresOverTime>;
export type FailureSeries = FailuresOverTime['series'][number];
