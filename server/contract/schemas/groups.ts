import { z } from 'zod';

import {
  GROUP_SORTS,
  GROUP_STATES,
  GROUP_VIEWS,
  MAX_GROUP_NOTE,
  MAX_TRACKER_URL,
  SET_GROUP_STATES,
} from '../groups.ts';
import { id, listOf, paging, time } from './lists.ts';

const count = z.number().int();
const oneOrMore = <T extends z.ZodType>(value: T) =>
  z.union([z.array(value).min(1).max(100), value.transform((one) => [one])]).optional();

/** What is known of the failures of a group, or of several that make one row. */
const facts = {
  errorType: z.string().nullable(),
  normalisedMessage: z
    .string()
    .nullable()
    .meta({ description: 'The error message without its variable parts, which are `#`.' }),
  queues: z.array(z.string()).meta({ description: 'Queues that it failed in; at most 10.' }),
  deadQueues: z.array(z.string()).meta({ description: 'Dead queues that it came by; at most 10.' }),
  pending: count.meta({
    description: 'Messages of it on the desk: pending, resending or unknown. Exact to 1 000, from the counts above.',
  }),
  failures24h: count.meta({ description: 'Failures within the last 24 clock hours, those that came back included.' }),
  hourly: z
    .array(count)
    .length(24)
    .meta({ description: 'The same by hour, oldest first; the last one is the hour that runs.' }),
  growth: count.meta({
    description:
      'Failures since the clock hour before this one began, less what the rate of the 24 hours before gives.',
  }),
  firstSeenAt: time,
  lastSeenAt: time,
  resent: count,
  cameBack: count,
  orders: z.strictObject({ count, atLeast: z.boolean() }).meta({
    description:
      'Order IDs in its latest 1 000 messages that are not deleted; atLeast: it has more messages than that.',
  }),
};

const state = z.enum(GROUP_STATES);
const triage = {
  state,
  snoozedUntil: time.nullable(),
  resolvedAt: time.nullable().meta({ description: 'When it was called resolved; also of a regressed one.' }),
  regressedAt: time.nullable().meta({ description: 'When it failed again after that.' }),
  assignee: z.string().nullable(),
  note: z.string().nullable(),
  trackerUrl: z.string().nullable(),
};

export const groupRow = z
  .strictObject({
    key: z.string().meta({ description: 'Tells the rows of one list apart.' }),
    id: id.nullable().meta({ description: 'The group; null for a row of several.' }),
    groups: count.meta({ description: 'How many groups are in this row.' }),
    groupIds: z.array(id).meta({ description: 'At most 100 of them.' }),
    filter: z
      .strictObject({ groupId: z.array(id).optional(), queue: z.array(z.string()).optional() })
      .nullable()
      .meta({ description: 'Finds its messages in /api/messages, and selects them; null when no filter can.' }),
    ...facts,
    ...triage,
    state: state.meta({ description: 'For a row of several groups the first of their states, in the order here.' }),
    version: count.nullable().meta({ description: 'Null for a row of several.' }),
  })
  .meta({ id: 'GroupRow' });
export type GroupRow = z.infer<typeof groupRow>;
export const groupList = listOf(groupRow);

export const groupListQuery = z.strictObject({
  ...paging,
  by: z.enum(GROUP_VIEWS).optional(),
  sort: z.enum(GROUP_SORTS).optional(),
  state: oneOrMore(state),
  queue: oneOrMore(z.string().max(255)),
  text: z.string().min(1).max(500).optional(),
  assignee: oneOrMore(z.string().min(1).max(64)),
});
export type GroupListQuery = z.infer<typeof groupListQuery>;

const groupFingerprint = z.strictObject({
  id,
  queue: z.string().nullable(),
  errorType: z.string().nullable(),
  normalisedMessage: z.string().nullable(),
  frame: z.string().nullable().meta({ description: 'The first stack frame of its own code.' }),
  pending: count,
  lastSeenAt: time.nullable(),
});
export type GroupFingerprint = z.infer<typeof groupFingerprint>;

export const group = groupRow
  .omit({ key: true, groups: true, groupIds: true })
  .extend({
    id: id.meta({ description: 'Another one than was asked for when that was merged into this.' }),
    version: count,
    fingerprints: z.array(groupFingerprint).meta({ description: 'What it is made of; at most 200, seen last first.' }),
    fingerprintsTotal: count,
    isWhole: z.boolean().meta({
      description: 'False: some of its failures lie in dead queues that you do not see. Then it cannot be changed.',
    }),
    assignable: z.array(z.string()).meta({ description: 'Users that it can be assigned to.' }),
  })
  .meta({ id: 'Group' });
export type Group = z.infer<typeof group>;

const trackerUrl = z
  .url({ protocol: /^https?$/, hostname: /.+/ })
  .max(MAX_TRACKER_URL)
  .meta({ description: 'http or https.' });

export const groupChange = z
  .strictObject({
    version: count.min(1).meta({ description: 'As it was read. Another one by now: 409.' }),
    state: z.enum(SET_GROUP_STATES).optional(),
    snoozedUntil: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'With state snoozed, and then only.' }),
    assignee: z.string().min(1).max(64).nullable().optional(),
    note: z.string().trim().max(MAX_GROUP_NOTE).nullable().optional(),
    trackerUrl: trackerUrl.nullable().optional(),
  })
  .refine((change) => (change.state === 'snoozed') === (change.snoozedUntil !== undefined), { path: ['snoozedUntil'] })
  .meta({ id: 'GroupChange' });
export type GroupChange = z.infer<typeof groupChange>;

export const groupMerge = z
  .strictObject({ groupIds: z.array(id).min(1).max(100), reason: z.string().trim().min(1).max(2000).optional() })
  .meta({ id: 'GroupMerge' });
export const groupSplit = z
  .strictObject({ fingerprintIds: z.array(id).min(1).max(1000), reason: z.string().trim().min(1).max(2000).optional() })
  .meta({ id: 'GroupSplit' });
