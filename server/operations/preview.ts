import type { BrokerTerms } from '../amqp/broker-terms.ts';
import type { Publication, Reach } from '../amqp/routing.ts';
import type { QueueFacts } from '../amqp/topology.ts';
import type { Message } from '../contract/schemas/messages.ts';
import type { OperationPreview, PreviewedOperation } from '../contract/schemas/operations.ts';
import type { Database } from '../database/connect.ts';
import type { Destination } from '../messages/resendable.ts';
import type { Scope } from '../web/route.ts';

import { judgeByFilter } from './judge-by-filter.ts';
import { judgeByIds } from './judge-by-ids.ts';
import { TargetRoutes } from './preview-routes.ts';
import { checkRequest, choicesOf } from './selection.ts';

/** What a preview asks of others. */
export interface PreviewServices {
  database: Database;
  /** Messages as lists show them, in the order of the ids. */
  readMessages: (database: Database, ids: readonly string[], scope: Scope) => Promise<Message[]>;
  /** What the broker says; asking changes nothing. */
  askExchange: (exchange: string) => Promise<{ state: string }>;
  askQueue: (queue: string) => Promise<Pick<QueueFacts, 'state'>>;
  /** What it takes, as far as it is known. */
  terms: () => BrokerTerms;
  /** Which queues a publish reaches. */
  reach: (publication: Publication) => Promise<Reach>;
}

/** Targets that are shown, those with the most messages first. */
const MOST_TARGETS = 50;

/**
 * What an operation of somebody with this scope would do, counted as it would count. Nothing is written and nothing is reserved.
 *
 * @throws AppError as `planOperation` does.
 */
export async function previewOperation(
  services: PreviewServices,
  request: PreviewedOperation,
  scope: Scope,
): Promise<OperationPreview> {
  checkRequest(request);
  const { selection } = request;
  const judged =
    'ids' in selection
      ? await judgeByIds(services, request, selection.ids, scope)
      : await judgeByFilter(services, request, selection, scope);
  const existence = existenceBy(services);
  const routes = new TargetRoutes(services, choicesOf(request));
  return {
    count: judged.exact ? judged.count : null,
    countAtLeast: judged.count,
    upToId: judged.upToId,
    byStatus: judged.byStatus,
    notResendable: [...judged.left].map(([code, count]) => ({ code, count })),
    inexact: judged.inexact,
    targets: await Promise.all(
      judged.targets
        .sort((a, b) => b.messages.count - a.messages.count)
        .slice(0, MOST_TARGETS)
        .map(async ({ destination, messages }) => {
          const exists = existence(destination);
          const route = await routes.routeOf(destination, messages, exists);
          return { ...destination, count: messages.count, exists: await exists, ...route };
        }),
    ),
    sample: await services.readMessages(services.database, judged.sample, scope),
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
