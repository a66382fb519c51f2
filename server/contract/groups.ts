/**
 * The states of a group, in the order in which the console shows them.
 *
 * | state | means | leaves it by |
 * |---|---|---|
 * | `regressed` | it was resolved, and has failed again since | a person; nobody can set it |
 * | `open` | nobody has said anything | a person |
 * | `investigating` | somebody looks into it | a person |
 * | `snoozed` | nobody wants to see it until a time | its time is over → `open`; a person |
 * | `resolved` | the cause is mended | it fails again → `regressed`; a person |
 */
export const GROUP_STATES = ['regressed', 'open', 'investigating', 'snoozed', 'resolved'] as const;
export type GroupState = (typeof GROUP_STATES)[number];

/** Those that a person can set. */
export const SET_GROUP_STATES = ['open', 'investigating', 'snoozed', 'resolved'] as const satisfies GroupState[];
export type SetGroupState = (typeof SET_GROUP_STATES)[number];

/** What makes one row: the same error wherever it happened, a failing queue, or both together. */
export const GROUP_VIEWS = ['error', 'queue', 'errorQueue'] as const;
export type GroupView = (typeof GROUP_VIEWS)[number];

export const GROUP_SORTS = ['-lastSeenAt', 'lastSeenAt', '-pending', 'pending', '-growth', 'growth'] as const;
export type GroupSort = (typeof GROUP_SORTS)[number];

/** A tracker link longer than this is refused, and so is a note, in characters. */
export const MAX_TRACKER_URL = 2000;
export const MAX_GROUP_NOTE = 4000;
