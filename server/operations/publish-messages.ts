import type { MessageContents } from '../amqp/message.ts';
import { prepareToPublish, type Prepared } from '../amqp/publisher.ts';
import { unsendableParts, withoutUnsendable } from '../amqp/unsendable-parts.ts';
import type { Canary } from '../contract/schemas/operations.ts';
import { databaseFault } from '../database/faults.ts';
import { contentCipherOf, isUnreadable, type ContentCipher } from '../encryption/content-cipher.ts';
import { readContents } from '../messages/contents-store.ts';
import { messageToResend } from '../messages/message-to-resend.ts';
import { makeResendMark, readResendMark } from '../messages/resend-mark.ts';
import {
  resendable,
  resendableBut,
  type Destination,
  type Resendable,
  type ResendChoices,
} from '../messages/resendable.ts';
import { likenessOf, rememberUnmarkedResends, type UnmarkedResend } from '../messages/unmarked-resends.ts';
import { AppError } from '../web/app-error.ts';

import { CanaryGate } from './canary-gate.ts';
import type { HeldItem } from './claim.ts';
import { ClaimsAhead, type ReadClaim } from './claims-ahead.ts';
import { renewLease } from './lease.ts';
import type { OperationRun } from './operation-run.ts';
import type { Hold } from './operation-store.ts';
import { Pace } from './pace.ts';
import { closePortions, openPortion, openPortionAtOnce } from './portion-store.ts';
import { itemResult, PublishResults, type ItemResult } from './publish-results.ts';
import { StoppedTargets } from './stopped-targets.ts';

/** Items in open portions: the most that a crash can leave `unknown`. */
const MOST_OPEN = 256;
/** Two portions are under way: one is on the wire and being recorded while the next is opened. */
const PORTION = MOST_OPEN / 2;
/** Items claimed and read together. */
const CLAIM = 4 * PORTION;
/** How long the broker has to confirm, in ms. */
const CONFIRM_WITHIN_MS = 30_000;
/** How often it is looked whether what holds the operation up is over, in ms. */
const POLL_MS = 100;

/** How a resend is to go. */
export interface ResendPlan {
  choices: ResendChoices;
  canary: Canary | undefined;
  /** It stops when more have come back. */
  stopWhenCameBack: number | undefined;
}

/**
 * Publishes the operation's messages in id order, until all have their outcome or the run is held up:
 *
 * claim (messages become `resending`) → read contents → open a portion → publish → record
 *
 * No byte leaves before its portion is committed, nor more than `leaveWithinMs` after it: a process that slept through
 * its lease sends nothing, and what a crash leaves in doubt is exactly what open portions name and is not recorded.
 */
export async function publishMessages(run: OperationRun, plan: ResendPlan): Promise<void> {
  const results = new PublishResults(run);
  const claims = new ClaimsAhead(run, plan.choices);
  try {
    await publishAllItems(run, plan, claims, results);
    await claims.leave();
    await written(run, results, 0);
  } catch (error) {
    run.giveUp();
    await claims.leave().catch(() => undefined);
    // What has left is still recorded, as far as it can be.
    await results.atMost(0, CONFIRM_WITHIN_MS).catch(() => false);
    throw error;
  }
}

async function publishAllItems(
  run: OperationRun,
  { choices, canary, stopWhenCameBack }: ResendPlan,
  claims: ClaimsAhead,
  results: PublishResults,
): Promise<void> {
  const pace = new Pace();
  const gate = new CanaryGate(run, canary);
  const targets = new StoppedTargets();
  let leftBehind = false;
  while (run.goesOn) {
    await run.heedStopRule(stopWhenCameBack);
    if (gate.hold !== null) await gate.look();
    if (!(await mayGo(run, gate.hold))) continue;
    if (leftBehind || results.rewound) {
      await startOver(run, claims, results);
      leftBehind = false;
    }
    const upTo = await gate.upTo();
    const limit = pace.portion(run.ratePerSecond, CLAIM);
    const claim = await claims.next({ upTo, limit, ahead: run.ratePerSecond === null && upTo === null });
    if (claim !== null) {
      const ready = await readAll(run, claim, choices, results);
      const sent = await sendPortions(run, ready, { pace, targets, results });
      leftBehind ||= !sent;
      continue;
    }
    // Once more from the start: what was claimed and not sent is found there, and usually there is nothing.
    const isAll = claims.atStart;
    await startOver(run, claims, results);
    if (!isAll) continue;
    if (upTo === null) return;
    await gate.look();
  }
}

async function startOver(run: OperationRun, claims: ClaimsAhead, results: PublishResults): Promise<void> {
  await claims.leave();
  await written(run, results, 0);
  results.startOver();
  claims.startOver();
}

/** Waits until so many results at most are open, looking after the broker meanwhile. */
async function written(run: OperationRun, results: PublishResults, most: number): Promise<void> {
  while (!(await results.atMost(most, POLL_MS))) await run.waitFor(heldUpBy(run));
}

interface ReadyItem {
  item: HeldItem;
  destination: Destination;
  /** As it will leave. */
  message: MessageContents;
  /** Null: not made ready yet. */
  prepared: Prepared | null;
}

/** Makes the messages ready; what cannot be resent gets its outcome here, and never reaches the broker. */
async function readAll(
  run: OperationRun,
  { items, contents }: ReadClaim,
  choices: ResendChoices,
  results: PublishResults,
): Promise<ReadyItem[]> {
  const ready: ReadyItem[] = [];
  for (const item of items) {
    const answer = await makeReady(run, item, choices, contents.get(item.source.contentId));
    if ('message' in answer) {
      ready.push(answer);
    } else {
      results.expect(1);
      results.add({ item, portion: null, end: answer });
    }
  }
  return ready;
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
  // Never the message as it failed in place of an edit that is not there.
  if (choices.edited && !source.isEdit) return { outcome: 'skipped', code: 'item.noDraft', text: null };
  const before = resendable(source, terms, choices);
  if (!before.ok || destination === null) return notResendable(before);
  try {
    const contents = read ?? (await run.retry(() => readContents(database, source.contentId))).contents;
    if (contents.body.length !== source.bodySize) throw new Error('The stored body has not the size that it had.');
    const message = messageFor(run, item, contents, choices);
    const prepared = prepareToPublish(message);
    const parts = unsendableParts(message, terms, prepared !== null);
    const verdict = resendableBut(parts, source, terms, choices);
    if (!verdict.ok) return notResendable(verdict);
    if (parts.length === 0) return { item, destination, message, prepared };
    return { item, destination, message: withoutUnsendable(message, terms), prepared: null };
  } catch (error) {
    if (error instanceof AppError && error.code === 'message.contentsPurged') {
      return { outcome: 'skipped', code: 'item.contentsPurged', text: null };
    }
    if (isUnreadable(error)) {
      logger.error({ messageId: item.messageId, code: error.code }, error.message);
      const code = error.code === 'contents.keyMissing' ? 'item.keyMissing' : 'item.contentsDamaged';
      return { outcome: 'failed', code, text: String(error.options.params?.['keyId'] ?? '') };
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
 * Opens and publishes one portion after the other.
 *
 * @returns false when not all could go now: the others stay claimed.
 */
async function sendPortions(
  run: OperationRun,
  ready: readonly ReadyItem[],
  { pace, targets, results }: { pace: Pace; targets: StoppedTargets; results: PublishResults },
): Promise<boolean> {
  for (let from = 0; from < ready.length;) {
    // By the rate of now: a portion of a faster one would be a long wait, in which nothing else is heard.
    const portion = ready.slice(from, from + pace.portion(run.ratePerSecond, PORTION));
    from += portion.length;
    await run.pause(pace.take(portion.length, run.ratePerSecond));
    await written(run, results, MOST_OPEN - portion.length);
    if (!run.goesOn || results.rewound || heldUpBy(run) !== null) return false;
    const going = targets.letThrough(portion, results);
    if (going.length === 0) continue;
    const number = results.nextPortion();
    const mayLeave = await mark(run, number, going);
    if (mayLeave === null) return false;
    publishAll(run, going, { portion: number, mayLeave, targets, results });
  }
  return true;
}

/**
 * Commits that these may leave, and that nobody else runs the operation for a while.
 *
 * @returns what to ask before each one leaves; null when nothing may leave now.
 */
async function mark(run: OperationRun, number: number, ready: readonly ReadyItem[]): Promise<(() => boolean) | null> {
  const { database, times } = run.services;
  // From before the mark, by both clocks: one stands still in a suspended machine, the other can be set.
  const since = { monotonic: performance.now(), wall: Date.now() };
  const portion = { number, messageIds: ready.map(({ item }) => item.messageId) };
  const unmarked = ready.flatMap((item) => unmarkedResend(contentCipherOf(database), item));
  if (unmarked.length > 0) await run.retry(() => rememberUnmarkedResends(database, unmarked));
  const atOnce = await run.retry(() => openPortionAtOnce(database, run.lease, portion, times.leaveWithinMs));
  if (!atOnce && !(await openRenewing())) return null;
  return () => {
    const passed = Math.max(performance.now() - since.monotonic, Math.abs(Date.now() - since.wall));
    return run.goesOn && passed < times.leaveWithinMs && heldUpBy(run) === null;
  };

  /** The lease is near its end, or lost, or somebody held the operation up: this finds out which. */
  async function openRenewing(): Promise<boolean> {
    return await run.transact(async (transaction) => {
      if (!run.goesOn) {
        // The first try may have been committed without an answer: nothing of it leaves.
        await closePortions(transaction, run.lease, [number]);
        return false;
      }
      await renewLease(transaction, run.lease, times);
      await openPortion(transaction, run.lease, portion);
      return true;
    });
  }
}

/** What goes without our header is recognised by something else when it comes back. */
function unmarkedResend(cipher: ContentCipher, { item, message }: ReadyItem): UnmarkedResend[] {
  const { addHeader, queueId } = item.source;
  if (addHeader || queueId === null) return [];
  const { messageId, resendNumber } = item;
  return [{ queueId, likeness: cipher.keyedHash(likenessOf(message, []).hash), messageId, resendNumber }];
}

/** Hands them over in id order. */
function publishAll(
  run: OperationRun,
  ready: readonly ReadyItem[],
  {
    portion,
    mayLeave,
    targets,
    results,
  }: { portion: number; mayLeave: () => boolean; targets: StoppedTargets; results: PublishResults },
): void {
  const { publisher } = run.services;
  results.expect(ready.length, portion);
  for (const { item, destination, message, prepared } of ready) {
    publisher
      .publish({
        ...destination,
        contents: message,
        ...(prepared === null ? {} : { prepared }),
        deadlineMs: CONFIRM_WITHIN_MS,
        mayLeave,
      })
      .then(
        (result) => {
          targets.note(destination.exchange, result);
          results.add(itemResult(item, portion, result));
        },
        () => {
          // It promises never to reject. If it does, nobody knows what it has sent.
          results.add({ item, portion, end: { outcome: 'unknown', code: 'item.fault', text: null } });
        },
      );
  }
}

/** While something holds it up the operation waits, and says why. */
async function mayGo(run: OperationRun, canaryHold: Hold | null): Promise<boolean> {
  const hold = heldUpBy(run) ?? canaryHold;
  await run.waitFor(hold);
  if (hold === null) return true;
  await run.pause(POLL_MS);
  return false;
}

/** What keeps every resend of this process waiting. */
function heldUpBy(run: OperationRun): Hold | null {
  const { connection, settings } = run.services;
  const frozen = settings.now.resendsFrozen;
  if (frozen !== null) return { code: 'resendsFrozen', params: { reason: frozen.reason, by: frozen.by } };
  const { blocked, lastError } = connection.state;
  if (connection.session !== null && blocked === null) return null;
  return { code: 'brokerAway', params: { text: blocked ?? lastError ?? '' } };
}
