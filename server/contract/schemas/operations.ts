import { z } from 'zod';

import { ITEM_ERRORS } from '../errors.ts';
import { MESSAGE_STATUSES } from '../messages.ts';
import {
  ACTIONS,
  APPROVAL_CAUSES,
  DECISIONS,
  HOLD_CODES,
  OPERATION_STATUSES,
  OUTCOMES,
  STOP_CODES,
} from '../operations.ts';
import { id, listOf, paging, time } from './lists.ts';
import { inexactPart, message, messageFilter } from './messages.ts';

const amqpName = z.string().refine((text) => new TextEncoder().encode(text).length <= 255, 'At most 255 bytes');

export const target = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('original') }),
  z.strictObject({ kind: z.literal('queue') }),
  z.strictObject({ kind: z.literal('custom'), exchange: amqpName, routingKey: amqpName }),
]);
export type Target = z.infer<typeof target>;

const byIds = z.strictObject({ ids: z.array(id).min(1).max(10_000) });
const upToId = id.meta({ description: 'As the preview said: messages that failed later are not in the selection.' });

const selection = z.union([
  byIds,
  z.strictObject({
    filter: messageFilter,
    upToId,
    expectedCount: z
      .number()
      .int()
      .min(0)
      .meta({ description: "The preview's `count`, or `countAtLeast` where that was null. Another one by now: 409." }),
    atLeast: z.boolean().optional().meta({
      description: 'The count was shown as "at least": when there are more, the operation asks before it begins.',
    }),
  }),
]);

/** First some, then the rest: a person looks, or the quiet window does. */
export const canary = z.strictObject({
  first: z.number().int().min(1).max(10_000),
  waitSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .meta({ description: 'How long it waits behind them for what comes back.' }),
  then: z
    .enum(['ask', 'continue'])
    .meta({ description: 'It goes on by itself only when all of them were delivered and none came back.' }),
});
export type Canary = z.infer<typeof canary>;

const options = {
  target: target
    .optional()
    .meta({ description: 'For resend; the original exchange with the original routing key by default.' }),
  reason: z.string().trim().min(1).max(2000).optional(),
  includePossibleDuplicates: z.boolean().optional(),
  restoreCc: z
    .boolean()
    .optional()
    .meta({ description: 'For resend; to the queues of its CC too, which had their copies. BCC is in no record.' }),
  restoreExpiration: z
    .boolean()
    .optional()
    .meta({ description: 'For resend; with the expiration that RabbitMQ took off when the message died.' }),
  sendInexact: z
    .boolean()
    .optional()
    .meta({
      description:
        'For resend; messages of which a part cannot be sent as it was (item.notExact) are sent without those parts ' +
        'instead of being skipped.',
    }),
  edited: z
    .boolean()
    .optional()
    .meta({
      description:
        'For resend of messages by their ids; sends the draft of each instead of the message as it failed, and needs a ' +
        'reason. Messages without a draft stay behind.',
    }),
  draftVersions: z.record(id, z.number().int()).optional().meta({
    description: 'With edited: the versions that were shown, by message id. 409 when a draft is another by now.',
  }),
  ratePerSecond: z.number().int().min(1).max(100_000).optional(),
  limit: z
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'Only the first so many of what matches, those that failed first.' }),
  canary: canary.optional().meta({ description: 'For resend.' }),
  stopWhenCameBack: z
    .number()
    .int()
    .min(0)
    .max(1_000_000_000)
    .optional()
    .meta({ description: 'For resend; it stops when more than so many have come back.' }),
  startAt: z.iso
    .datetime({ offset: true })
    .optional()
    .meta({ description: 'Not before this time. Its messages are frozen at once.' }),
};

export const newOperation = z
  .strictObject({ action: z.enum(ACTIONS), selection, ...options })
  .meta({ id: 'NewOperation' });
export type NewOperation = z.infer<typeof newOperation>;

/** What is asked of a preview: the same, before it is known how many there are. */
export const previewedOperation = z
  .strictObject({
    action: z.enum(ACTIONS),
    selection: z.union([
      byIds,
      z.strictObject({
        filter: messageFilter,
        upToId: upToId.optional(),
        expectedCount: z.number().int().min(0).optional(),
        atLeast: z.boolean().optional(),
      }),
    ]),
    ...options,
  })
  .meta({ id: 'PreviewedOperation' });
export type PreviewedOperation = z.infer<typeof previewedOperation>;

export const rateChange = z
  .strictObject({
    ratePerSecond: z.number().int().min(1).max(100_000).nullable().meta({ description: 'Null: as fast as it goes.' }),
  })
  .meta({ id: 'RateChange' });

/** Whether it is known which queues a target reaches: wholly, or why not. */
const ROUTING_KNOWLEDGE = [
  'known',
  'exchangeType',
  'headers',
  'tooWide',
  'notConfigured',
  'notAnswered',
  'brokerAway',
] as const;

/** One place that messages of a resend would go to, and which queues would get a copy there. */
const previewTarget = z.strictObject({
  exchange: z.string(),
  routingKey: z.string(),
  count: z.number().int(),
  exists: z.boolean().nullable().meta({ description: 'Null when the broker could not be asked.' }),
  queues: z
    .array(z.string())
    .optional()
    .meta({ description: 'Queues that would get a copy. Absent when it cannot be told of any.' }),
  routing: z.enum(ROUTING_KNOWLEDGE).meta({
    description:
      'known: the queues are all there are. Otherwise why there may be others: an exchange type of a plugin, headers that differ or cannot be compared, too many exchanges on the way, no management API (RABBITMQ_MANAGEMENT_URL), no answer from it in time, no connection to the broker.',
  }),
  failedIn: z.array(z.string()).meta({ description: 'Queues in which its messages failed.' }),
  failedInUnknown: z.number().int().meta({ description: 'Messages whose failing queue is not on record.' }),
  alsoReaches: z
    .array(z.string())
    .meta({ description: 'Queues that would get a copy of a message that did not fail in them.' }),
});
export type PreviewTarget = z.infer<typeof previewTarget>;

export const approvalCause = z.strictObject({
  code: z.enum(APPROVAL_CAUSES),
  params: z.record(z.string(), z.union([z.string(), z.number()])).meta({
    description: 'count: `from`, the number from which on it takes a second person. deadQueue: `name`.',
  }),
});
export type ApprovalCause = z.infer<typeof approvalCause>;

/** A second person's word on an operation that was asked for. */
export const decisionReason = z.strictObject({ reason: z.string().trim().min(1).max(2000) }).meta({ id: 'Decision' });

/** What a new operation would do, before anything is done. */
export const operationPreview = z
  .strictObject({
    count: z.number().int().nullable().meta({
      description:
        'Selected messages in a state that the action takes; null above 100 000, or when counting took too long.',
    }),
    countAtLeast: z.number().int(),
    upToId: id.nullable().meta({ description: 'Opaque. Null for a selection by ids.' }),
    byStatus: z.partialRecord(z.enum(MESSAGE_STATUSES), z.number().int()),
    notResendable: z
      .array(z.strictObject({ code: z.enum(ITEM_ERRORS), count: z.number().int() }))
      .meta({ description: 'Messages that would be left out, by the reason. For every action, not for resend alone.' }),
    inexact: z
      .strictObject({
        count: z.number().int(),
        parts: z.array(inexactPart).meta({ description: 'Each once, at most 20.' }),
      })
      .nullable()
      .meta({
        description:
          'For resend; messages of which a part cannot be sent as it was. With sendInexact they go without it, else they ' +
          'are among notResendable. Null when there are none.',
      }),
    targets: z.array(previewTarget),
    approval: z
      .strictObject({ because: z.array(approvalCause), hours: z.number().int() })
      .nullable()
      .meta({ description: 'It would wait so many hours at most for a second person, and why. Null: it would not.' }),
    tooLarge: z
      .strictObject({ from: z.number().int() })
      .nullable()
      .meta({ description: 'So many messages or more take `operations.large`, which the caller does not have.' }),
    sample: z.array(message),
  })
  .meta({ id: 'OperationPreview' });
export type OperationPreview = z.infer<typeof operationPreview>;

export const operation = z
  .strictObject({
    id,
    action: z.enum(ACTIONS),
    status: z.enum(OPERATION_STATUSES),
    actor: z.string(),
    reason: z.string().nullable(),
    filter: messageFilter.nullable(),
    target: target.nullable(),
    restoreCc: z.boolean().optional(),
    restoreExpiration: z.boolean().optional(),
    sendInexact: z.boolean().optional(),
    edited: z.boolean().optional(),
    total: z.number().int(),
    outcomes: z.strictObject({
      confirmed: z.number().int(),
      unroutable: z.number().int(),
      refused: z.number().int(),
      failed: z.number().int(),
      unknown: z.number().int(),
      skipped: z.number().int(),
    }),
    cameBack: z.number().int(),
    settled: z.number().int().meta({ description: 'Resent, and not come back within the quiet period.' }),
    ratePerSecond: z.number().int().nullable(),
    limit: z.number().int().optional(),
    canary: canary.optional(),
    stopWhenCameBack: z.number().int().optional(),
    startAt: time.nullable(),
    hold: z
      .strictObject({ code: z.enum(HOLD_CODES), params: z.record(z.string(), z.union([z.string(), z.number()])) })
      .nullable()
      .meta({ description: 'Why it is not going on now. Null when it is, and when it has ended.' }),
    approval: z
      .strictObject({
        because: z.array(approvalCause),
        until: time.nullable().meta({ description: 'Null where it does not wait for it yet.' }),
        decision: z
          .strictObject({
            what: z.enum(DECISIONS),
            by: z.string().nullable().meta({ description: 'Null: nobody decided in time.' }),
            reason: z.string().nullable(),
            at: time,
          })
          .nullable(),
      })
      .nullable()
      .meta({ description: 'Null: it took nobody else. Otherwise why it takes a second person, and what they said.' }),
    createdAt: time,
    startedAt: time.nullable(),
    finishedAt: time.nullable(),
    stoppedBecause: z
      .strictObject({ code: z.enum(STOP_CODES), params: z.record(z.string(), z.union([z.string(), z.number()])) })
      .optional(),
  })
  .meta({ id: 'Operation' });
export type Operation = z.infer<typeof operation>;
export const operationList = listOf(operation);

export const operationListQuery = z.strictObject({
  ...paging,
  sort: z.enum(['-id', 'id']).optional(),
  status: z
    .union([z.array(z.enum(OPERATION_STATUSES)), z.enum(OPERATION_STATUSES).transform((one) => [one])])
    .optional(),
  action: z.union([z.array(z.enum(ACTIONS)), z.enum(ACTIONS).transform((one) => [one])]).optional(),
});
export type OperationListQuery = z.infer<typeof operationListQuery>;

export const operationItem = z
  .strictObject({
    messageId: id,
    outcome: z.enum(OUTCOMES).nullable().meta({ description: 'Null while the item waits for its turn.' }),
    exchange: z.string().nullable(),
    routingKey: z.string().nullable(),
    at: time.nullable(),
    error: z.strictObject({ code: z.enum(ITEM_ERRORS), text: z.string().nullable() }).optional(),
    cameBackAt: time.optional(),
    settledAt: time.optional(),
  })
  .meta({ id: 'OperationItem' });
export type OperationItem = z.infer<typeof operationItem>;
export const operationItemList = listOf(operationItem);

export const operationItemQuery = z.strictObject({
  ...paging,
  outcome: z.union([z.array(z.enum(OUTCOMES)), z.enum(OUTCOMES).transform((one) => [one])]).optional(),
});
export type OperationItemQuery = z.infer<typeof operationItemQuery>;

/** What `GET /api/events` sends for a running operation, at most twice a second. */
export const operationEvent = z.strictObject({ type: z.literal('operation'), operation });
export type OperationEvent = z.infer<typeof operationEvent>;
