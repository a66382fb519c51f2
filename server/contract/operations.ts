/** What an operator can do to a selection of messages. */
export const ACTIONS = ['resend', 'delete', 'restore', 'handle', 'markResent'] as const;
export type Action = (typeof ACTIONS)[number];

/** How one item ended; in every ended operation they sum to its total. The meanings are in docs/how-it-works.md. */
export const OUTCOMES = ['confirmed', 'unroutable', 'refused', 'failed', 'unknown', 'skipped'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const OPERATION_STATUSES = [
  'scheduled',
  'awaitingApproval',
  'preparing',
  'running',
  'waiting',
  'paused',
  'finished',
  'cancelled',
  'stopped',
] as const;
export type OperationStatus = (typeof OPERATION_STATUSES)[number];

/** The statuses in which nothing happens any more. */
export const ENDED_OPERATION_STATUSES = ['finished', 'cancelled', 'stopped'] as const satisfies OperationStatus[];
