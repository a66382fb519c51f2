import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { PreviewedOperation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { readManyEnvelopes } from '../messages/contents-store.ts';
import { destinationOf, resendable, type ResendChoices } from '../messages/resendable.ts';
import type { Scope } from '../web/route.ts';

import { actions } from './actions.ts';
import { draftsFor, type DraftsToSend } from './drafts-to-send.ts';
import { Judgement, SAMPLE, type JudgedSelection } from './judged-selection.ts';
import { readResendSources, withEdit } from './resend-source.ts';
import { choicesOf, firstGoing, leavingOut, selectMessages, type SelectedMessage } from './selection.ts';

/** Messages whose headers are in memory at a time: they may have a frame's size each. */
const PORTION = 200;

/**
 * Looks at every message that was named, its headers too.
 *
 * @throws AppError `operation.messagesMissing`.
 */
export async function judgeByIds(
  services: { database: Database; terms: () => BrokerTerms },
  request: PreviewedOperation,
  ids: readonly string[],
  scope: Scope,
): Promise<JudgedSelection> {
  const leftOutBecause = leavingOut(request);
  const named = await selectMessages(services.database, ids, scope);
  const drafts = await draftsFor(services.database, request, named);
  const selected = firstGoing(
    named.map((message) => ({ ...message, leftOut: leftOutBecause(message) ?? drafts.leftOut(message) })),
    request.limit ?? Infinity,
  );
  const judgement = new Judgement();
  for (const { leftOut } of selected) if (leftOut !== null) judgement.leaveOut(leftOut);
  const going = selected.filter(({ leftOut }) => leftOut === null);
  const sent =
    actions[request.action].work.kind === 'publish'
      ? await judgeContents(services, going, { choices: choicesOf(request), drafts, judgement })
      : going;
  const byStatus: Partial<Record<MessageStatus, number>> = {};
  for (const { status } of selected) byStatus[status] = (byStatus[status] ?? 0) + 1;
  return {
    count: selected.length,
    exact: true,
    upToId: null,
    byStatus,
    left: judgement.left,
    targets: judgement.targets,
    inexact: judgement.inexact,
    sample: sent.slice(0, SAMPLE).map(({ messageId }) => messageId),
  };
}

/** Sorts out what cannot be resent, counts where the rest would go, and names what could not go as it was. */
async function judgeContents(
  { database, terms }: { database: Database; terms: () => BrokerTerms },
  going: readonly SelectedMessage[],
  { choices, drafts, judgement }: { choices: ResendChoices; drafts: DraftsToSend; judgement: Judgement },
): Promise<SelectedMessage[]> {
  const sent: SelectedMessage[] = [];
  for (let from = 0; from < going.length; from += PORTION) {
    const portion = going.slice(from, from + PORTION);
    const asTheyFailed = await readResendSources(
      database,
      portion.map(({ lastDeathId }) => lastDeathId),
    );
    const sources = new Map(
      portion.flatMap(({ messageId, lastDeathId }) => {
        const [source, draft] = [asTheyFailed.get(lastDeathId), drafts.of(messageId)];
        if (source === undefined) return [];
        return [[lastDeathId, draft === undefined ? source : withEdit(source, draft)] as const];
      }),
    );
    const envelopes = await readManyEnvelopes(
      database,
      [...sources.values()].map(({ contentId }) => contentId),
    );
    for (const message of portion) {
      const source = sources.get(message.lastDeathId);
      if (source === undefined) continue;
      const contents = envelopes.get(source.contentId);
      const verdict = resendable(contents === undefined ? source : { ...source, contents }, terms(), choices);
      if (verdict.parts !== undefined) judgement.noteInexact(verdict.parts);
      const destination = destinationOf(source, choices.target);
      if (!verdict.ok || destination === null) {
        judgement.leaveOut(verdict.ok ? 'item.originUnknown' : verdict.code);
        continue;
      }
      judgement.messagesTo(destination).add(source);
      sent.push(message);
    }
  }
  return sent;
}
