import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import { MESSAGE_STATUSES } from '../contract/messages.ts';
import type { OperationStatus } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { transitionMessages } from '../messages/transitions.ts';

import { allItemsDone, finishItems, lockItems, lockClaimedItems, queueItemsAgain, type Item } from './item-store.ts';
import { addOutcomes, endOperation, releaseOperation, type LockedOperation } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';
import { hashItems } from './items-hash.ts';
import { readOperation } from './operation-queries.ts';
import { closePortions, lockPortionsOfOthers, removePortions } from './portion-store.ts';

/** Items settled, and portions taken over, by one transaction. */
const ITEMS = 500;
const PORTIONS = 4;

/**
 * The first thing of a run: what another runner had in open portions and not recorded may have left, or not. Nobody can
 * tell, so it is `unknown`, and never sent again by itself. What was claimed and is in none needs nothing: it is next.
 */
export async function takeOver(run: OperationRun): Promise<void> {
  const { operationId } = run.lease;
  const takeSome = () =>
    run.transact(async (transaction) => {
      const left = await lockPortionsOfOthers(transaction, run.lease, PORTIONS);
      if (left.length === 0) return 0;
      const items = await lockClaimedItems(
        transaction,
        operationId,
        left.flatMap(({ messageIds }) => messageIds),
      );
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
      for (const { token, number } of left) await closePortions(transaction, { operationId, token }, [number]);
      return left.length;
    });
  while ((await takeSome()) > 0);
}

/**
 * The last thing of a run, when nothing of it is in flight.
 *
 * | the operation is | then |
 * |---|---|
 * | without open items | it ends |
 * | cancelled, or stopped by its rule | open items are `skipped`, their messages go back, it ends |
 * | still being prepared, or scheduled | the lease is given back |
 * | paused, or this process stops | claimed items are queued again, their messages go back, the lease is given back |
 * | anything else | it was resumed just now: go on |
 *
 * @returns whether to go on.
 */
export async function settle(run: OperationRun): Promise<boolean> {
  let step: Step = { next: 'again', after: '0' };
  while (step.next === 'again') step = await settleNext(run, step.after);
  if (step.next === 'all done') await end(run);
  return step.next === 'go on';
}

function settleNext(run: OperationRun, after: string): Promise<Step> {
  return run.transact((transaction, operation) => settleSome(run, transaction, operation, after));
}

type Step = { next: 'again'; after: string } | { next: 'all done' | 'released' | 'go on' };

async function settleSome(
  run: OperationRun,
  transaction: Transaction,
  operation: LockedOperation,
  after: string,
): Promise<Step> {
  const cancelled = operation.status === 'cancelled' || operation.status === 'stopped';
  const frozen = operation.status !== 'preparing' && operation.status !== 'scheduled';
  if (frozen && (await allItemsDone(transaction, operation.id))) return { next: 'all done' };
  if (!cancelled && run.goesOn) return { next: 'go on' };
  const states: ('queued' | 'claimed')[] = cancelled ? ['queued', 'claimed'] : ['claimed'];
  const items = await lockItems(transaction, operation.id, { states, limit: ITEMS, after });
  const last = items.at(-1);
  if (last !== undefined) {
    await (cancelled ? skip : putBack)(transaction, operation.id, items);
    return { next: 'again', after: last.messageId };
  }
  if (cancelled) throw new Error('An operation has open items that nobody holds.');
  await releaseOperation(transaction, operation.id);
  return { next: 'released' };
}

/** Its items change no more: they are hashed before the operation is locked, however many they are. */
async function end(run: OperationRun): Promise<void> {
  const { sha256 } = await run.retry(() => hashItems(run.services.database, run.lease.operationId));
  await run.transact(async (transaction, { id, status }) => {
    const ended: OperationStatus = status === 'cancelled' || status === 'stopped' ? status : 'finished';
    await removePortions(transaction, id);
    await endOperation(transaction, id, ended);
    await recordEnd(transaction, id, sha256);
  });
}

/** Puts the end of an operation on record: its sums, and the hash of its items. */
export async function recordEnd(transaction: Transaction, operationId: string, itemsSha256: string): Promise<void> {
  const { status, total, outcomes, cameBack, stoppedBecause } = await readOperation(transaction, operationId, null);
  await recordAuditEvent(transaction, {
    actor: THE_OFFICE,
    kind: 'operation.finished',
    operationId,
    details: {
      status,
      total,
      outcomes,
      cameBack,
      itemsSha256,
      ...(stoppedBecause === undefined ? {} : { because: stoppedBecause.code }),
    },
  });
}

async function skip(transaction: Transaction, operationId: string, items: readonly Item[]): Promise<void> {
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

async function putBack(transaction: Transaction, operationId: string, items: readonly Item[]): Promise<void> {
  const back = await giveBack(transaction, operationId, items);
  const ids = items.map(({ messageId }) => messageId);
  const requeue = (some: string[], versionStep: 0 | 1) => queueItemsAgain(transaction, operationId, some, versionStep);
  await requeue(
    ids.filter((id) => back.has(id)),
    1,
  );
  // One that came back keeps the version of before: at its turn it is found to have changed.
  await requeue(
    ids.filter((id) => !back.has(id)),
    0,
  );
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
