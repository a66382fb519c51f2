import { z } from 'zod';

import { QUEUE_WARNINGS, WATCH_STATES, WHEN_AWAY } from '../dead-queues.ts';
import { id, listOf, paging, time } from './lists.ts';

const headerName = z.string().max(255);
const whenAway = z.enum(WHEN_AWAY).meta({
  description:
    'While the database is away. hold: its messages stay in RabbitMQ. journal: they are written to the intake journal and ' +
    'acked, and registered when the database is back; for queues with a TTL or a length limit.',
});

const needsApproval = z.boolean().meta({
  description: 'Every operation on messages of this queue waits for a second person.',
});

export const deadQueueWatch = z.strictObject({
  instanceId: id,
  state: z.enum(WATCH_STATES),
  since: time,
  depth: z.number().int().nullable(),
  consumers: z.number().int().nullable(),
  lastError: z.string().nullable(),
  lastMessageAt: time.nullable(),
  reportedAt: time,
});

const queueWarning = z.strictObject({
  code: z.enum(QUEUE_WARNINGS),
  params: z.record(z.string(), z.union([z.number(), z.string()])),
});
export type QueueWarningWithParams = z.infer<typeof queueWarning>;
const queueType = z
  .string()
  .nullable()
  .meta({ description: '`classic`, `quorum`, `stream` …; null when the management API cannot be asked.' });

export const deadQueue = z
  .strictObject({
    id,
    broker: z.string(),
    name: z.string(),
    type: queueType,
    watched: z.boolean(),
    state: z.enum(WATCH_STATES).meta({ description: 'The best of what the running instances see.' }),
    since: time.nullable(),
    depth: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Messages that wait in RabbitMQ; null when it cannot be asked.' }),
    consumers: z.number().int().nullable(),
    lastError: z.string().nullable(),
    lastMessageAt: time.nullable(),
    pending: z.number().int().meta({ description: 'Failed messages from this queue that wait for a decision.' }),
    prefetch: z.number().int().nullable(),
    stripHeaders: z.array(headerName),
    addHeader: z.boolean().meta({ description: 'Whether a resent message carries x-dead-letter-office-id.' }),
    whenDatabaseAway: whenAway,
    needsApproval,
    warnings: z.array(queueWarning),
    watches: z.array(deadQueueWatch),
    version: z.number().int(),
    createdAt: time,
  })
  .meta({ id: 'DeadQueue' });
export type DeadQueue = z.infer<typeof deadQueue>;
export const deadQueueList = listOf(deadQueue);
export const deadQueueListQuery = z.strictObject({ ...paging });

/** What is known of a queue before it is watched. */
export const queuePreflight = z
  .strictObject({
    name: z.string(),
    state: z.enum(['present', 'missing', 'exclusive', 'refused', 'unavailable']),
    type: queueType,
    depth: z.number().int().nullable(),
    consumers: z.number().int().nullable(),
    warnings: z.array(queueWarning),
  })
  .meta({ id: 'QueuePreflight' });
export type QueuePreflight = z.infer<typeof queuePreflight>;
export const queuePreflightQuery = z.strictObject({ name: z.string().min(1).max(255) });

const settings = {
  watched: z.boolean().optional(),
  prefetch: z.number().int().min(1).max(10_000).nullable().optional(),
  stripHeaders: z.array(headerName).max(100).optional(),
  addHeader: z.boolean().optional(),
  whenDatabaseAway: whenAway.optional(),
  needsApproval: needsApproval.optional(),
};
export const newDeadQueue = z
  .strictObject({ name: z.string().min(1).max(255), ...settings })
  .meta({ id: 'NewDeadQueue' });
export type NewDeadQueue = z.infer<typeof newDeadQueue>;
export const deadQueueChange = z.strictObject(settings).meta({ id: 'DeadQueueChange' });
export type DeadQueueChange = z.infer<typeof deadQueueChange>;
