import type { MessageStatus } from '../contract/messages.ts';
import type { Action } from '../contract/operations.ts';
import type { FailureCount } from '../messages/failure-counts.ts';

/** What an action does to each of its messages. */
export type ActionWork =
  /** The message changes its state, and that is all. */
  | { kind: 'change'; to: MessageStatus; counts: FailureCount; resentNow?: boolean }
  /** The message is published, and its state follows from what became of that. */
  | { kind: 'publish' };

/** One thing that operators do to messages. A new one is a file and a line in `actions.ts`. */
export interface ActionDefinition {
  action: Action;
  /** The states that a message may be in; others are left out with `item.wrongStatus`. */
  takes: readonly MessageStatus[];
  /** States that it may be in too, where the operator named the very messages. */
  takesWhenNamed?: readonly MessageStatus[];
  needsReason?: boolean;
  /** What may be the same message twice stays behind, unless the operator includes it. */
  leavesOutPossibleDuplicates?: boolean;
  work: ActionWork;
}
