import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { Publication, Reach } from '../amqp/routing.ts';
import type { QueueFacts } from '../amqp/topology.ts';
import type { ItemError } from '../contract/errors.ts';
import type { InexactPart } from '../contract/inexact.ts';
import type { MessageStatus } from '../contract/messages.ts';
import type { Message } from '../contract/schemas/messages.ts';
import type { NewOperation, OperationPreview } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import { readManyEnvelopes } from '../messages/contents-store.ts';
import { destinationOf, resendable, type Destination, type ResendChoices } from '../messages/resendable.ts';

import { actions } from './actions.ts';
import { TargetMessages, TargetRoutes } from './preview-routes.ts';
import { readResendSources } from './resend-source.ts';
import { checkRequest, choicesOf, leavingOut, selectMessages, type SelectedMessage } from './selection.ts';

/** What a preview asks of others. */
export interface PreviewServices {
  database: Database;
  /** Messages as lists show them, in the order of the ids. */
  readMessages: (database: Database, ids: readonly string[]) => Promise<Message[]>;
  /** What the broker says; asking changes nothing. */
  askExchange: (exchange: string) => Promise<{ state: string }>;
  askQueue: (queue: string) => Promise<Pick<QueueFacts, 'state'>>;
  /** What it takes, as far as it is known. */
  terms: () => BrokerTerms;
  /** Which queues a publish reaches. */
  reach: (publication: Publication) => Promise<Reach>;
}

/** Targets that are shown, those with the most messages first, and messages in the sample. */
const MOST_TARGETS = 50;
const SAMPLE = 5;
/** Kinds of parts that are named. */
const MOST_PARTS = 20;
/** Messages whose headers are in memory at a time: they may have a frame's size each. */
const PORTION = 200;

interface Target {
  destination: Destination;
  messages: TargetMessages;
}

/**
 * What an operation would do, counted as it would count. Nothing is written and nothing is reserved.
 *
 * @throws AppError as `planOperation` does.
 */
export async function previewOperation(services: PreviewServices, request: NewOperation): Promise<OperationPreview> {
  checkRequest(request);
  const { database } = services;
  const selected = await selectMessages(database, request.selection);
  const left = new Map<ItemError, number>();
  const going: SelectedMessage[] = [];
  const leftOutBecause = leavingOut(request);
  for (const message of selected) {
    const because = leftOutBecause(message);
    if (because === null) going.push(message);
    else add(left, because);
  }
  const isPublished = actions[request.action].work.kind === 'publish';
  const { sent, destinations, inexact } = isPublished
    ? await judge(services, going, choicesOf(request), left)
    : { sent: going, destinations: [], inexact: null };
  const byStatus: Partial<Record<MessageStatus, number>> = {};
  for (const { status } of selected) byStatus[status] = (byStatus[status] ?? 0) + 1;
  const sample = sent.slice(0, SAMPLE).map(({ messageId }) => messageId);
  const existence = existenceBy(services);
  const routes = new TargetRoutes(services, choicesOf(request));
  return {
    count: selected.length,
    countAtLeast: selected.length,
    upToId: null,
    byStatus,
    notResendable: [...left].map(([code, count]) => ({ code, count })),
    inexact,
    targets: await Promise.all(
      destinations
        .sort((a, b) => b.messages.count - a.messages.count)
        .slice(0, MOST_TARGETS)
        .map(async ({ destination, messages }) => {
          const exists = existence(destination);
          const route = await routes.routeOf(destination, messages, exists);
          return { ...destination, count: messages.count, exists: await exists, ...route };
        }),
    ),
    sample: await services.readMessages(database, sample),
  };
}

interface Verdicts {
  sent: SelectedMessage[];
  destinations: Target[];
  inexact: OperationPreview['inexact'];
}

/** Sorts out what cannot be resent, counts where the rest would go, and names what could not go as it was. */
async function judge(
  { database, terms }: PreviewServices,
  going: readonly SelectedMessage[],
  choices: ResendChoices,
  left: Map<ItemError, number>,
): Promise<Verdicts> {
  const sent: SelectedMessage[] = [];
  const destinations = new Map<string, Target>();
  const parts = new Map<string, InexactPart>();
  let inexact = 0;
  for (let from = 0; from < going.length; from += PORTION) {
    const portion = going.slice(from, from + PORTION);
    const sources = await readResendSources(
      database,
      portion.map(({ lastDeathId }) => lastDeathId),
    );
    const envelopes = await readManyEnvelopes(
      database,
      [...sources.values()].map(({ contentId }) => contentId),
    );
    for (const message of portion) {
      const source = sources.get(message.lastDeathId);
      if (source === undefined) continue;
      const contents = envelopes.get(source.contentId);
      const facts = contents === undefined ? source : { ...source, contents };
      const verdict = resendable(facts, terms(), choices);
      if (verdict.parts !== undefined) inexact += 1;
      for (const part of verdict.parts ?? []) if (parts.size < MOST_PARTS) parts.set(JSON.stringify(part), part);
      const destination = destinationOf(source, choices.target);
      if (!verdict.ok || destination === null) {
        add(left, verdict.ok ? 'item.originUnknown' : verdict.code);
        continue;
      }
      const key = JSON.stringify([destination.exchange, destination.routingKey]);
      const { messages } = destinations.get(key) ?? { messages: new TargetMessages() };
      messages.add(source);
      destinations.set(key, { destination, messages });
      sent.push(message);
    }
  }
  return {
    sent,
    destinations: [...destinations.values()],
    inexact: inexact === 0 ? null : { count: inexact, parts: [...parts.values()] },
  };
}

/** Asks the broker once for each exchange, and for each queue that is a target by itself. */
function existenceBy({
  askExchange,
  askQueue,
}: PreviewServices): (destination: Destination) => Promise<boolean | null> {
  const asked = new Map<string, Promise<{ state: string }>>();
  return async ({ exchange, routingKey }) => {
    const name = exchange === '' ? `queue ${routingKey}` : `exchange ${exchange}`;
    const answer = asked.get(name) ?? (exchange === '' ? askQueue(routingKey) : askExchange(exchange));
    asked.set(name, answer);
    const { state } = await answer;
    if (state === 'unavailable') return null;
    // One that this user may not ask about, or that belongs to another connection, is there.
    return state !== 'missing';
  };
}

function add(counts: Map<ItemError, number>, code: ItemError): void {
  counts.set(code, (counts.get(code) ?? 0) + 1);
}
