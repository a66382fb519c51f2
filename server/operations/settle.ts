import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { MESSAGE_STATUSES } from '../contract/messages.ts';
import type { OperationStatus } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { transitionMessages } from '../messages/transitions.ts';

import { allItemsDone, finishItems, lockItems, lockItemsOfOthers, moveItemsBack, type Item } from './item-store.ts';
import { addOutcomes, endOperation, releaseOperation, type LockedOperation } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';
import { readOutcomes } from './operation-queries.ts';

/** Items settled by one transaction. */
const PORTION = 500;

/**
 * The first thing of a run: what another runner had marked and not recorded may have left, or not. Nobody can tell, so
 * it is `unknown`, and never sent again by itself. What was claimed and not marked needs nothing: it is simply next.
 */
export async function takeOver(run: OperationRun): Promise<void> {
  const { operationId, token } = run.lease;
  const takeSome = () =>
    run.transact(async (transaction) => {
      const items = await lockItemsOfOthers(transaction, operationId, token, PORTION);
      if (items.length === 0) return 0;
      await transitionMessages(
        transaction,
        items.map(({ messageId, version }) => ({ id: messageId, version, status: 'resending' })),
        { to: 'unknown', operationId },
      );
      await finishItems(
        transaction,
        operationId,
        items.map(({ messageId }) => ({ messageId, outcome: 'unknown', code: 'item.processDied', text: null })),
      );
      await addOutcomes(
        transaction,
        operationId,
        items.map(() => 'unknown'),
      );
      return items.length;
    });
  while ((await takeSome()) > 0);
}

/**
 * The last thing of a run, when nothing of it is in flight.
 *
 * | the operation is | then |
 * |---|---|
 * | without open items | it ends |
 * | cancelled | open items are `skipped`, their messages go back, it ends |
 * | paused, or this process stops | claimed items are queued again, their messages go back, the lease is given back |
 * | anything else | it was resumed just now: go on |
 *
 * @returns whether to go on.
 */
export async function settle(run: OperationRun): Promise<boolean> {
  const step = () =>
    run.transact(async (transaction, operation): Promise<'again' | 'ended' | 'go on'> => {
      if (await allItemsDone(transaction, operation.id)) {
        await end(transaction, operation);
        return 'ended';
      }
      if (operation.status === 'cancelled') {
        await skipSome(transaction, operation.id);
        return 'again';
      }
      if (run.goesOn) return 'go on';
      if (await putBackSome(transaction, operation.id)) return 'again';
      await releaseOperation(transaction, operation.id);
      return 'ended';
    });
  for (;;) {
    const answer = await step();
    if (answer !== 'again') return answer === 'go on';
  }
}

async function end(transaction: Transaction, { id, status }: LockedOperation): Promise<void> {
  const ended: OperationStatus = status === 'cancelled' || status === 'stopped' ? status : 'finished';
  await endOperation(transaction, id, ended);
  await recordAuditEvent(transaction, {
    actor: THE_OFFICE,
    kind: 'operation.finished',
    operationId: id,
    details: { status: ended, outcomes: await readOutcomes(transaction, id) },
  });
}

async function skipSome(transaction: Transaction, operationId: string): Promise<void> {
  const items = await lockItems(transaction, operationId, { states: ['queued', 'claimed'], limit: PORTION });
  if (items.length === 0) throw new Error('An operation has open items that nobody holds.');
  await giveBack(transaction, operationId, items);
  await finishItems(
    transaction,
    operationId,
    items.map(({ messageId }) => ({ messageId, outcome: 'skipped', code: 'item.operationEnded', text: null })),
  );
  await addOutcomes(
    transaction,
    operationId,
    items.map(() => 'skipped'),
  );
}

async function putBackSome(transaction: Transaction, operationId: string): Promise<boolean> {
  const items = await lockItems(transaction, operationId, { states: ['claimed'], limit: PORTION });
  const back = await giveBack(transaction, operationId, items);
  const ids = items.map(({ messageId }) => messageId);
  await moveItemsBack(
    transaction,
    operationId,
    ids.filter((id) => back.has(id)),
    'queued',
    1,
  );
  // One that came back keeps the version of before: at its turn it is found to have changed.
  await moveItemsBack(
    transaction,
    operationId,
    ids.filter((id) => !back.has(id)),
    'queued',
    0,
  );
  return items.length > 0;
}

/**
 * The messages of claimed items return to the states they were taken from; one that came back since stays as it is.
 *
 * @returns those that did return.
 */
async function giveBack(transaction: Transaction, operationId: string, items: readonly Item[]): Promise<Set<string>> {
  const claimed = items.filter(({ state }) => state === 'claimed');
  const back = new Set<string>();
  for (const status of MESSAGE_STATUSES) {
    const expected = claimed
      .filter(({ statusBefore }) => statusBefore === status)
      .map(({ messageId, version }) => ({ id: messageId, version, status: 'resending' as const }));
    const moved = await transitionMessages(transaction, expected, { to: status, operationId });
    for (const id of moved.keys()) back.add(id);
  }
  return back;
}
