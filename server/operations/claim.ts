import type { Transaction } from '../database/connect.ts';
import type { MessageStatus } from '../contract/messages.ts';
import { readTakenEdits } from '../messages/edits/edit-store.ts';
import { destinationOf, type Destination, type ResendChoices } from '../messages/resendable.ts';
import { transitionMessages } from '../messages/transitions.ts';

import { claimItems, finishItems, lockItems, type Item } from './item-store.ts';
import { addOutcomes } from './operation-store.ts';
import type { OperationRun } from './operation-run.ts';
import { readResendSources, withEdit, type ResendSource } from './resend-source.ts';

/** An item whose message is `resending` for it, with all that is needed to send it but its contents. */
export interface HeldItem {
  messageId: string;
  /** Of the message, as long as this item holds it. */
  version: number;
  statusBefore: MessageStatus;
  resendNumber: number;
  source: ResendSource;
  /** Null when its origin is not on record. */
  destination: Destination | null;
}

/** Which contents go, and where to. */
export type WhatIsSent = Pick<ResendChoices, 'target' | 'edited'>;

/** What one claim brought: the items to go on with, in id order, and the id up to which everything has been looked at. */
export interface Claim {
  items: HeldItem[];
  upTo: string;
}

/** Bodies read into memory for one claim, in bytes; one message always goes. */
const MOST_BYTES = 32 * 1024 * 1024;

/**
 * Takes the next items after an id: their messages become `resending`, or, where somebody else changed the message since
 * it was selected, the item is `skipped`. What is `claimed` already and in nobody's hands (another runner's, or given
 * back to this one) is found here too, so the same claim can be made again.
 *
 * @returns null when there is nothing after that id (and up to the other), or nothing may be sent now.
 */
export async function claimNext(
  run: OperationRun,
  options: { after: string; upTo: string | null; limit: number; choices: WhatIsSent },
): Promise<Claim | null> {
  const { operationId } = run.lease;
  if (!run.goesOn) return null;
  return await run.take(async (transaction) => {
    const found = await lockItems(transaction, operationId, {
      states: ['queued', 'claimed'],
      limit: options.limit,
      after: options.after,
      ...(options.upTo === null ? {} : { upTo: options.upTo }),
    });
    const last = found.at(-1);
    if (last === undefined) return null;
    const held = await hold(transaction, operationId, found, options.choices);
    return withinBytes(held, last.messageId);
  });
}

async function hold(
  transaction: Transaction,
  operationId: string,
  found: readonly Item[],
  { target, edited }: WhatIsSent,
): Promise<HeldItem[]> {
  const queued = found.filter(({ state }) => state === 'queued');
  const moved = await transitionMessages(
    transaction,
    queued.map(({ messageId, version, statusBefore }) => ({ id: messageId, version, status: statusBefore })),
    { to: 'resending', operationId, takesResendNumber: true },
  );
  await skipChanged(
    transaction,
    operationId,
    queued.filter(({ messageId }) => !moved.has(messageId)),
  );
  const claims = found.flatMap((item) => {
    const message = moved.get(item.messageId);
    if (message !== undefined) {
      const { version, lastDeathId: deathId, resendCount: resendNumber } = message;
      return [{ ...item, version, deathId, resendNumber, fresh: true }];
    }
    const { deathId, resendNumber } = item;
    if (item.state !== 'claimed' || deathId === null || resendNumber === null) return [];
    return [{ ...item, deathId, resendNumber, fresh: false }];
  });
  const sources = await readResendSources(
    transaction,
    claims.map(({ deathId }) => deathId),
  );
  const ids = claims.map(({ messageId }) => messageId);
  const edits = edited ? await readTakenEdits(transaction, operationId, ids) : null;
  const held = claims.map(({ messageId, version, statusBefore, resendNumber, deathId, fresh }) => {
    const asItFailed = sources.get(deathId);
    if (asItFailed === undefined) throw new Error(`Death ${deathId} has no contents.`);
    const edit = edits?.get(messageId);
    const source = edit === undefined ? asItFailed : withEdit(asItFailed, edit);
    const destination = destinationOf(source, target);
    return { messageId, version, statusBefore, resendNumber, source, destination, fresh };
  });
  await claimItems(
    transaction,
    operationId,
    held
      .filter(({ fresh }) => fresh)
      .map(({ source, destination, ...item }) => ({
        ...item,
        deathId: source.deathId,
        exchange: destination?.exchange ?? null,
        routingKey: destination?.routingKey ?? null,
      })),
  );
  return held;
}

async function skipChanged(transaction: Transaction, operationId: string, changed: readonly Item[]): Promise<void> {
  await finishItems(
    transaction,
    operationId,
    changed.map(({ messageId }) => ({ messageId, outcome: 'skipped', code: 'item.changed', text: null })),
  );
  await addOutcomes(
    transaction,
    operationId,
    changed.map(() => 'skipped'),
  );
}

/** The rest stays claimed, and is found by the next claim. */
function withinBytes(held: readonly HeldItem[], last: string): Claim {
  let bytes = 0;
  for (const [index, { source }] of held.entries()) {
    bytes += source.bodySize;
    const before = held[index - 1];
    if (bytes > MOST_BYTES && before !== undefined) return { items: held.slice(0, index), upTo: before.messageId };
  }
  return { items: [...held], upTo: last };
}
