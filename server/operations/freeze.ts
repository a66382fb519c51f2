import { z } from 'zod';

import { recordAuditEvent, THE_OFFICE } from '../audit/audit-store.ts';
import type { Action } from '../contract/operations.ts';
import type { Transaction } from '../database/connect.ts';
import { planSweep, sweepPart, type Sweep } from '../messages/message-sweep.ts';

import { goOnOrAwaitApproval, noteApprovalNeeded } from './approval.ts';
import { countItems, deleteItems, insertItems } from './item-store.ts';
import { forgetDeadQueues, noteDeadQueues, readNamed } from './operation-dead-queues.ts';
import type { OperationRun } from './operation-run.ts';
import { noteFrozen, readFreezeOrder, setOperationStatus, stopOperation, type FreezeOrder } from './operation-store.ts';
import {
  firstGoing,
  leavingOut,
  SELECTED_COLUMNS,
  selectedRow,
  statusesTaken,
  type SelectedMessage,
} from './selection.ts';
import { COUNTED_EXACTLY } from './selection-summary.ts';

/** Messages in one page. */
const PAGE = 5_000;

/**
 * Freezes the selection of an operation that is `preparing`: reads it as it is at one moment, page by page, and writes
 * its items beside, each with its message's version. Nothing is touched before all of them are there.
 *
 * One that was cut off is done again from the beginning: half of it is of another moment. Cancelled, or stopped with its
 * process, it stays where it is: at any moment the operation's sums are those of the items that are there.
 */
export async function freezeSelection(run: OperationRun, action: Action): Promise<void> {
  const { database } = run.services;
  const order = await run.retry(() => readFreezeOrder(database, run.lease.operationId));
  if (order === null) return;
  await run.retry(async () => {
    await removeItems(run);
    await freeze(run, action, order);
  });
}

async function removeItems(run: OperationRun): Promise<void> {
  const removeSome = () =>
    run.transact(async (transaction, { id, status }) => {
      if (status !== 'preparing' || run.stopping) return 0;
      const removed = await deleteItems(transaction, id, PAGE);
      await forgetDeadQueues(transaction, id);
      await noteFrozen(transaction, id, await countItems(transaction, id));
      return removed;
    });
  while ((await removeSome()) > 0);
}

async function freeze(run: OperationRun, action: Action, order: FreezeOrder): Promise<void> {
  const { database } = run.services;
  const selection = { filter: order.filter };
  const asked = { action, selection, ...(order.includePossibleDuplicates ? { includePossibleDuplicates: true } : {}) };
  const leftOutBecause = leavingOut(asked);
  const sweep = await planSweep(database, order.filter, order.scope, {
    statuses: statusesTaken(asked),
    upTo: order.upToId,
  });
  const sums = { total: 0, skipped: 0 };
  const deadQueueIds = new Set<string>();
  const noted = new Set<string>();
  const named = await readNamed(database, order.filter, order.scope);
  let heldUp = false as boolean;
  // One consistent read: what changes meanwhile is found out by the versions.
  await database.transaction(
    async (snapshot) => {
      for (let after: string | null = null; ;) {
        const page = await readPage(snapshot, sweep, after);
        if (page === null) return;
        const items = firstGoing(
          page.messages.map((message) => ({ ...message, leftOut: leftOutBecause(message) })),
          order.limit === null ? Infinity : order.limit - (sums.total - sums.skipped),
        );
        for (const { leftOut, deadQueueId } of items) if (leftOut === null) deadQueueIds.add(deadQueueId);
        const fresh = new Set(
          [...named, ...items.map(({ deadQueueId }) => deadQueueId)].filter((id) => !noted.has(id)),
        );
        sums.total += items.length;
        sums.skipped += items.filter(({ leftOut }) => leftOut !== null).length;
        const goesOn = await run.transact(async (transaction, operation) => {
          if (operation.status !== 'preparing' || run.stopping) return false;
          await insertItems(transaction, operation.id, items);
          await noteDeadQueues(transaction, operation.id, fresh);
          await noteFrozen(transaction, operation.id, sums);
          return true;
        });
        for (const id of fresh) noted.add(id);
        if (!goesOn) {
          heldUp = true;
          return;
        }
        if (page.next === null || (order.limit !== null && sums.total - sums.skipped >= order.limit)) return;
        after = page.next;
      }
    },
    { isolationLevel: 'repeatable read' },
  );
  if (heldUp) return;
  // Above what is counted exactly nobody has seen the number yet, nor where counting took too long.
  const shown = order.shownAtLeast ? order.shownCount : Math.max(order.shownCount, COUNTED_EXACTLY);
  const grew = order.limit === null && sums.total > shown;
  await run.transact(async (transaction, operation) => {
    if (operation.status !== 'preparing') return;
    const { id } = operation;
    if (order.largeFrom !== null && sums.total >= order.largeFrom) {
      await stopOperation(transaction, id, { code: 'tooLarge', params: { from: order.largeFrom } });
      return;
    }
    const going = sums.total - sums.skipped;
    const undecided = await noteApprovalNeeded(transaction, id, { going, deadQueueIds }, run.services.settings.now);
    if (grew) {
      // Once somebody has said that it may begin, it waits for a second person where it takes one.
      const params = { count: sums.total, shown: order.shownCount };
      await setOperationStatus(transaction, id, 'paused', { code: 'selectionGrew', params });
      await recordAuditEvent(transaction, {
        actor: THE_OFFICE,
        kind: 'operation.paused',
        operationId: id,
        details: { before: operation.status, because: 'selectionGrew' },
      });
    } else await goOnOrAwaitApproval(transaction, { ...operation, undecided, total: sums.total });
  });
}

async function readPage(
  snapshot: Transaction,
  sweep: Sweep,
  after: string | null,
): Promise<{ messages: SelectedMessage[]; next: string | null } | null> {
  const part = await sweepPart(snapshot, sweep, { after, entries: PAGE, columns: SELECTED_COLUMNS });
  if (part === null) return null;
  const [rows] = (await snapshot.raw(
    `SELECT * FROM (${part.sql}) AS found ORDER BY last_death_id`,
    part.bindings as never,
  )) as [unknown[]];
  return { messages: z.array(selectedRow).parse(rows), next: part.next };
}
