import { addFailureCounts } from '../messages/failure-counts.ts';
import { transitionMessages } from '../messages/transitions.ts';

import type { ActionWork } from './action-definition.ts';
import { finishItems, lockItems, type ItemEnd } from './item-store.ts';
import { addOutcomes } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';

/** Messages changed by one transaction. */
const PORTION = 500;

/** Changes the state of the operation's messages, in id order: items, messages and counts in one transaction a portion. */
export async function changeMessages(run: OperationRun, work: ActionWork & { kind: 'change' }): Promise<void> {
  while (run.goesOn && (await changeNext(run, work)));
}

async function changeNext(run: OperationRun, work: ActionWork & { kind: 'change' }): Promise<boolean> {
  const { operationId } = run.lease;
  return await run.transact(async (transaction) => {
    if (!run.goesOn) return false;
    const items = await lockItems(transaction, operationId, { states: ['queued'], limit: PORTION });
    if (items.length === 0) return false;
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
    await addFailureCounts(transaction, work.counts, [...moved.values()]);
    return true;
  });
}
