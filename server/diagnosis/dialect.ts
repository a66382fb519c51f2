import type { FailureReason } from '../contract/messages.ts';
import type { BrokerDeath, DeadMessage, Origin } from './diagnosis.ts';
import type { InnerMessage } from './inner-message.ts';

/** What one dialect reads from a message. Absent means "not recorded": later dialects may know it. */
export interface Reading {
  /** The dialect whose reading has a reason first is the message's framework, and its error is the one shown. */
  reason?: FailureReason | null;
  errorType?: string | null;
  errorMessage?: string | null;
  stackTrace?: string | null;
  occurredAt?: Date | null;
  retryCount?: number | null;
  /** What is not contradicted is completed from later dialects. */
  origin?: Origin;
  /**
   * The message is an envelope, and no more: the failed message is in it. Null where it cannot be told what that was;
   * then nothing may go back to where it was. No other dialect may tell an origin, for it would be the envelope's.
   */
  inner?: InnerMessage | null;
  stripHeaders?: string[];
}

/** What the broker itself says about a message, for dialects that only add to it. All from `x-death`. */
export interface DialectContext {
  history: BrokerDeath[];
  /** The reason of the latest death that is not a delay queue's; null without history. */
  brokerReason: FailureReason | null;
  /** When it died so, where the broker still knows; for dialects whose reason is the broker's. */
  brokerTime: Date | null;
}

/**
 * How one framework writes failures into a message. Both functions are pure, take anything a stranger can publish
 * without throwing, and look at a bounded part of it.
 */
export interface Dialect {
  /** Stored and filtered as the message's `framework`. */
  readonly name: string;
  detect(message: DeadMessage): boolean;
  read(message: DeadMessage, context: DialectContext): Reading;
}
