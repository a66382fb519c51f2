import type { MessageContents } from '../amqp/message.ts';
import { withoutUnsendable } from '../amqp/unsendable-parts.ts';
import { databaseFault } from '../database/faults.ts';
import { readContents, readManyContents } from '../messages/contents-store.ts';
import { messageToResend } from '../messages/message-to-resend.ts';
import { makeResendMark, readResendMark } from '../messages/resend-mark.ts';
import { likenessOf, rememberUnmarkedResends, type UnmarkedResend } from '../messages/unmarked-resends.ts';
import { resendable, type Destination, type Resendable, type ResendChoices } from '../messages/resendable.ts';
import { AppError } from '../web/app-error.ts';

import { claimNext, type HeldItem } from './claim.ts';
import { markItems } from './item-store.ts';
import { renewLease } from './lease.ts';
import type { OperationRun } from './operation-run.ts';
import { Pace } from './pace.ts';
import { itemResult, PublishResults, type ItemResult } from './publish-results.ts';

/** Items marked `publishing` whose outcome is not written: the most that a crash can leave `unknown`. */
const MOST_OPEN = 256;
/** Two portions are under way: one is on the wire and being recorded while the next is claimed, read and marked. */
const PORTION = MOST_OPEN / 2;
/** How long the broker has to confirm, in ms. */
const CONFIRM_WITHIN_MS = 30_000;
/** How often a broker that is away is looked for, in ms. */
const BROKER_POLL_MS = 100;

/**
 * Publishes the operation's messages in id order, until all have their outcome or the run is held up:
 *
 * claim (messages become `resending`) → read contents → mark (`publishing`, lease renewed) → publish → record
 *
 * No byte leaves before its mark is committed, nor more than `leaveWithinMs` after it: a process that slept through its
 * lease sends nothing, and what a crash leaves in doubt is exactly what is marked and not recorded.
 */
export async function publishMessages(run: OperationRun, choices: ResendChoices): Promise<void> {
  const results = new PublishResults(run);
  try {
    await publishAllItems(run, choices, results);
    await written(run, results, 0);
  } catch (error) {
    run.giveUp();
    // What has left is still recorded, as far as it can be.
    await results.atMost(0, CONFIRM_WITHIN_MS).catch(() => false);
    throw error;
  }
}

async function publishAllItems(run: OperationRun, choices: ResendChoices, results: PublishResults): Promise<void> {
  const pace = new Pace();
  let after = '0';
  while (run.goesOn) {
    if (results.rewound) {
      await written(run, results, 0);
      results.startOver();
      after = '0';
    }
    if (!(await brokerIsThere(run))) continue;
    const limit = pace.portion(run.ratePerSecond, PORTION);
    const claim = await claimNext(run, { after, limit, target: choices.target });
    if (claim === null) {
      await written(run, results, 0);
      if (after === '0') return;
      // Once more from the start: what was claimed and not sent is found there, and usually there is nothing.
      results.startOver();
      after = '0';
      continue;
    }
    after = claim.upTo;
    const ready = await readAll(run, claim.items, choices, results);
    if (ready.length === 0) continue;
    await run.pause(pace.take(ready.length, run.ratePerSecond));
    await written(run, results, MOST_OPEN - ready.length);
    // What is not sent now stays claimed.
    if (results.rewound) continue;
    const mayLeave = await mark(run, ready);
    if (mayLeave !== null) publishAll(run, ready, mayLeave, results);
  }
}

/** Waits until so many results at most are open, looking after the broker meanwhile. */
async function written(run: OperationRun, results: PublishResults, most: number): Promise<void> {
  while (!(await results.atMost(most, BROKER_POLL_MS))) await noteBroker(run);
}

interface ReadyItem {
  item: HeldItem;
  destination: Destination;
  /** As it will leave. */
  message: MessageContents;
}

/** Reads the contents; what cannot be resent gets its outcome here, and never reaches the broker. */
async function readAll(
  run: OperationRun,
  items: readonly HeldItem[],
  choices: ResendChoices,
  results: PublishResults,
): Promise<ReadyItem[]> {
  const read = await readTogether(run, items);
  const ready: ReadyItem[] = [];
  for (const item of items) {
    const answer = await makeReady(run, item, choices, read.get(item.source.contentId));
    if ('message' in answer) {
      ready.push(answer);
    } else {
      results.expect(1);
      results.add({ item, end: answer });
    }
  }
  return ready;
}

/** What cannot be read this way is read one by one afterwards, which tells whose fault it is. */
async function readTogether(run: OperationRun, items: readonly HeldItem[]): Promise<Map<string, MessageContents>> {
  const ids = [...new Set(items.map(({ source }) => source.contentId))];
  try {
    return await run.retry(() => readManyContents(run.services.database, ids));
  } catch (error) {
    if (databaseFault(error) !== 'statement') throw error;
    return new Map();
  }
}

async function makeReady(
  run: OperationRun,
  item: HeldItem,
  choices: ResendChoices,
  read: MessageContents | undefined,
): Promise<ReadyItem | NonNullable<ItemResult['end']>> {
  const { source, destination } = item;
  const { database, logger, publisher } = run.services;
  const { terms } = publisher;
  const before = resendable(source, terms, choices);
  if (!before.ok || destination === null) return notResendable(before);
  try {
    const contents = read ?? (await run.retry(() => readContents(database, source.contentId))).contents;
    if (contents.body.length !== source.bodySize) throw new Error('The stored body has not the size that it had.');
    const verdict = resendable({ ...source, contents }, terms, choices);
    if (!verdict.ok) return notResendable(verdict);
    const message = messageFor(run, item, contents, choices);
    return { item, destination, message: choices.sendInexact ? withoutUnsendable(message, terms) : message };
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') {
      return { outcome: 'skipped', code: 'item.contentsPurged', text: null };
    }
    if (databaseFault(error) !== 'statement') throw error;
    logger.error({ err: error, messageId: item.messageId }, 'The contents of a message could not be read.');
    return { outcome: 'failed', code: 'item.fault', text: null };
  }
}

function messageFor(
  run: OperationRun,
  { source, messageId, resendNumber }: HeldItem,
  contents: MessageContents,
  { restoreCc, restoreExpiration }: ResendChoices,
): MessageContents {
  const { installation, publisher } = run.services;
  return messageToResend(contents, {
    stripHeaders: source.stripHeaders,
    mark: source.addHeader ? makeResendMark(installation, messageId, resendNumber) : null,
    isOurMark: (value) => readResendMark(installation, value) !== null,
    user: publisher.terms.user,
    restoreCc,
    restoreExpiration,
  });
}

function notResendable(verdict: Resendable): NonNullable<ItemResult['end']> {
  if (verdict.ok) return { outcome: 'skipped', code: 'item.originUnknown', text: null };
  const text = Object.values(verdict.params ?? {}).join(', ') || null;
  // As when the broker itself says so.
  if (verdict.code === 'item.tooLarge') return { outcome: 'refused', code: verdict.code, text };
  return { outcome: 'skipped', code: verdict.code, text };
}

/**
 * Commits that these may leave, and that nobody else runs the operation for a while.
 *
 * @returns what to ask before each one leaves; null when nothing may leave now.
 */
async function mark(run: OperationRun, ready: readonly ReadyItem[]): Promise<(() => boolean) | null> {
  const { operationId, token } = run.lease;
  const { connection, times } = run.services;
  // From before the renewal, by both clocks: one stands still in a suspended machine, the other can be set.
  const since = { monotonic: performance.now(), wall: Date.now() };
  const marked = await run.transact(async (transaction) => {
    if (!run.goesOn) return false;
    await renewLease(transaction, run.lease, times);
    const ids = ready.map(({ item }) => item.messageId);
    const count = await markItems(transaction, operationId, token, ids);
    if (count !== ids.length) throw new Error(`${ids.length} items were to be marked, and ${count} were.`);
    await rememberUnmarkedResends(transaction, ready.flatMap(unmarkedResend));
    return true;
  });
  if (!marked) return null;
  return () => {
    const passed = Math.max(performance.now() - since.monotonic, Math.abs(Date.now() - since.wall));
    return run.goesOn && passed < times.leaveWithinMs && connection.state.blocked === null;
  };
}

/** What goes without our header is recognised by something else when it comes back. */
function unmarkedResend({ item, message }: ReadyItem): UnmarkedResend[] {
  const { addHeader, queueId } = item.source;
  if (addHeader || queueId === null) return [];
  const { messageId, resendNumber } = item;
  return [{ queueId, likeness: likenessOf(message, []).hash, messageId, resendNumber }];
}

/** Hands them over in id order. */
function publishAll(
  run: OperationRun,
  ready: readonly ReadyItem[],
  mayLeave: () => boolean,
  results: PublishResults,
): void {
  const { publisher } = run.services;
  results.expect(ready.length);
  for (const { item, destination, message } of ready) {
    publisher
      .publish({
        ...destination,
        contents: message,
        deadlineMs: CONFIRM_WITHIN_MS,
        mayLeave,
      })
      .then(
        (result) => {
          results.add(itemResult(item, result));
        },
        () => {
          // It promises never to reject. If it does, nobody knows what it has sent.
          results.add({ item, end: { outcome: 'unknown', code: 'item.fault', text: null } });
        },
      );
  }
}

/** While the broker is away or takes nothing, the operation waits, and says so. */
async function brokerIsThere(run: OperationRun): Promise<boolean> {
  const there = await noteBroker(run);
  if (!there) await run.pause(BROKER_POLL_MS);
  return there;
}

async function noteBroker(run: OperationRun): Promise<boolean> {
  const { session, state } = run.services.connection;
  const there = session !== null && state.blocked === null;
  await run.moveTo(there ? 'running' : 'waiting');
  return there;
}
