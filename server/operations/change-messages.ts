import { addFailureCounts } from '../messages/failure-counts.ts';
import { readQuietPlaces, wantQuietClocks } from '../messages/quiet-clock-store.ts';
import { transitionMessages } from '../messages/transitions.ts';

import type { ActionWork } from './action-definition.ts';
import { finishItems, lockItems, type ItemEnd } from './item-store.ts';
import { addOutcomes } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';

/** Messages changed by one transaction. */
const PORTION = 500;

/** Changes the state of the operation's messages, in id order: items, messages and counts in one transaction a portion. */
export async function changeMessages(run: OperationRun, work: ActionWork & { kind: 'change' }): Promise<void> {
  for (let after: string | null = '0'; after !== null && run.goesOn;) after = await changeNext(run, work, after);
}

/** @returns the id up to which all is done; null when there is nothing after it, or nothing may be done now. */
async function changeNext(
  run: OperationRun,
  work: ActionWork & { kind: 'change' },
  after: string,
): Promise<string | null> {
  const { operationId } = run.lease;
  return await run.transact(async (transaction) => {
    if (!run.goesOn) return null;
    const items = await lockItems(transaction, operationId, { states: ['queued'], limit: PORTION, after });
    const last = items.at(-1);
    if (last === undefined) return null;
    const moved = await transitionMessages(
      transaction,
      items.map(({ messageId, version, statusBefore }) => ({ id: messageId, version, status: statusBefore })),
      { to: work.to, operationId, resentNow: work.resentNow === true },
    );
    const ends = items.map(({ messageId }): ItemEnd => {
      if (moved.has(messageId)) return { messageId, outcome: 'confirmed', code: null, text: null };
      return { messageId, outcome: 'skipped', code: 'item.changed', text: null };
    });
    await finishItems(transaction, operationId, ends);
    await addOutcomes(
      transaction,
      operationId,
      ends.map(({ outcome }) => outcome),
    );
    if (work.to === 'resent') await wantQuietClocks(transaction, await readQuietPlaces(transaction, [...moved.keys()]));
    await addFailureCounts(transaction, work.counts, [...moved.values()]);
    return last.messageId;
  });
}
