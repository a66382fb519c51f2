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

/**
 * Why an operation that has not ended is not going on by itself, or not now. The client translates them by `hold.<code>`.
 *
 * | code | the operation | goes on by |
 * |---|---|---|
 * | `byHand` | is paused by somebody | resume |
 * | `selectionGrew` | is paused before its start: params `count`, `shown`: more match than were shown | resume, cancel |
 * | `canaryAsks` | is paused behind its first messages: params `sent`, `cameBack`, `notDelivered` | resume, cancel |
 * | `canaryWaits` | waits behind its first messages for the quiet window: param `until` (ISO time) | itself |
 * | `resendsFrozen` | waits: somebody has frozen all resends: params `reason`, `by` | itself, when resends go on |
 * | `brokerAway` | waits for RabbitMQ: no connection, or it takes nothing now: param `text` | itself |
 * | `awaitsApproval` | waits for a second person: param `until` (ISO time) | approve; rejected or expired, it ends |
 */
export const HOLD_CODES = [
  'byHand',
  'selectionGrew',
  'canaryAsks',
  'canaryWaits',
  'resendsFrozen',
  'brokerAway',
  'awaitsApproval',
] as const;
export type HoldCode = (typeof HOLD_CODES)[number];

/**
 * Why an operation ended as `stopped`, before all of its messages had their turn. `stops.<code>` in the client.
 *
 * | code | because |
 * |---|---|
 * | `cameBack` | more came back than its rule allows: params `cameBack`, `allowed` |
 * | `restored` | the database was restored from a backup |
 * | `tooLarge` | it was counted to be so large that it takes a lead, and its creator is none: param `from` |
 * | `rejected` | a second person said no: params `by`, `reason` |
 * | `approvalExpired` | nobody decided in time: param `hours` |
 */
export const STOP_CODES = ['cameBack', 'restored', 'tooLarge', 'rejected', 'approvalExpired'] as const;
export type StopCode = (typeof STOP_CODES)[number];

/** Why an operation waits for a second person: it is large, or some of its messages are from a queue that asks for one. */
export const APPROVAL_CAUSES = ['count', 'deadQueue'] as const;
export type ApprovalCode = (typeof APPROVAL_CAUSES)[number];
/** What became of the question. */
export const DECISIONS = ['approved', 'rejected', 'expired'] as const;
/** How long an operation waits for a second person, before it ends by itself. */
export const APPROVAL_HOURS = 24;

/** The statuses in which nothing happens any more. */
export const ENDED_OPERATION_STATUSES = ['finished', 'cancelled', 'stopped'] as const satisfies OperationStatus[];
