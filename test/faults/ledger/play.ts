import type { Fault } from './fault.ts';
import type { LedgerRow, QueueType, Side } from './ledger-row.ts';
import { playIntake } from './play-intake.ts';
import { playOperations } from './play-operations.ts';
import type { StageOptions } from './stage.ts';

/** One row of the table to be. */
export interface Part {
  fault: Fault;
  side: Side;
  queueType: QueueType;
}

/** The rows of these faults. */
export function partsOf(faults: readonly Fault[]): Part[] {
  return faults.flatMap((fault) =>
    fault.sides.flatMap((side) => fault.queueTypes.map((queueType) => ({ fault, side, queueType }))),
  );
}

/** Plays one. What goes wrong on the way is a row too, and not a good one. */
export async function play(
  { fault, side, queueType }: Part,
  { messages, rounds, own, patient }: Pick<StageOptions, 'messages' | 'rounds' | 'own' | 'patient'>,
): Promise<LedgerRow> {
  const usual = process.env['TEST_DATABASE_URL'];
  const special = own === null ? undefined : await fault.database?.(own);
  if (special !== undefined) process.env['TEST_DATABASE_URL'] = special.url;
  const options: StageOptions = {
    side,
    queueType,
    messages: fault.messages?.({ rounds, patient }) ?? messages,
    rounds,
    own: own === null || special === undefined ? own : { ...own, database: special },
    patient,
    ...(fault.book === undefined ? {} : { book: fault.book }),
    ...(fault.environment === undefined ? {} : { environment: fault.environment }),
  };
  try {
    return await (side === 'intake' ? playIntake(fault, options) : playOperations(fault, options));
  } catch (error) {
    const note = `${String(error)}${error instanceof Error && error.cause !== undefined ? `\n${reasons(error.cause)}` : ''}`;
    const nothing = { messages: 0, lost: 0, doubled: 0, marked: 0, unknown: 0, seconds: null };
    return { fault: fault.name, side, queueType, ...nothing, note };
  } finally {
    if (special !== undefined) {
      process.env['TEST_DATABASE_URL'] = usual;
      await special.end();
    }
  }
}

function reasons(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.stack ?? error.message}${error.cause === undefined ? '' : `\n${reasons(error.cause)}`}`;
}
