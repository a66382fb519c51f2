import type { BookOptions } from './book.ts';
import type { QueueType, Side } from './ledger-row.ts';
import type { OwnDatabase, OwnServices } from './own-services.ts';
import type { Stage } from './stage.ts';

/** One way in which things go wrong. */
export interface Fault {
  /** As in the table, and for `--only`. */
  name: string;
  sides: readonly Side[];
  queueTypes: readonly QueueType[];
  /**
   * When the messages of the intake are published: all through the fault, or all before it, where the fault would hit
   * the publisher as well.
   */
  flow?: 'steady' | 'before';
  /** Processes of the office. Default: 1. */
  instances?: number;
  /** Messages, where it needs another number than the run's. */
  messages?: (options: { rounds: number; patient: boolean }) => number;
  book?: BookOptions;
  /** Operations that the messages are divided among. Default: 1. */
  operations?: number;
  environment?: Record<string, string>;
  /** Null, or in a sentence why it cannot be caused on these services. */
  hindrance?: (own: OwnServices | null) => string | null;
  /** A database server for this fault alone. Only where the servers are the run's own. */
  database?: (own: OwnServices) => Promise<OwnDatabase & { end: () => Promise<void> }>;
  /** Before the office starts. */
  prepare?: (stage: Stage) => Promise<void>;
  /** Causes it, in the middle of the work, and mends it. What it returns is a note for the table. */
  cause: (stage: Stage) => Promise<string | undefined>;
  /** How long everything may take to be where it belongs afterwards, in ms. */
  recoversWithinMs?: number;
}

/** It needs servers that the run may kill. */
export function needsOwn(own: OwnServices | null): string | null {
  return own === null ? 'the servers are not the run’s own' : null;
}
