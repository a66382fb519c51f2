import { z } from 'zod';

import { may } from '../contract/access.ts';
import { EDITED_FOR_MINUTES } from '../contract/masking.ts';
import type { AuditEvent } from '../contract/schemas/audit.ts';
import type { FilterValues as ListedValues } from '../contract/schemas/filter-values.ts';
import type { Group, GroupRow } from '../contract/schemas/groups.ts';
import type { List } from '../contract/schemas/lists.ts';
import type { Message, TimelineEntry, UnmaskedDetail } from '../contract/schemas/messages.ts';
import type { Operation, OperationItem, OperationPreview } from '../contract/schemas/operations.ts';
import type { Order, OrderSearch, OrderSummary } from '../contract/schemas/orders.ts';
import type { ImportAnswer, RegisterAnswer, Reject, UnmaskedReject } from '../contract/schemas/rejects.ts';
import type { SavedView } from '../contract/schemas/saved-views.ts';
import type { FailuresOverTime, Overview } from '../contract/schemas/statistics.ts';
import type { Database } from '../database/connect.ts';
import { readContents } from '../messages/contents-store.ts';
import { latestContentId } from '../messages/message-detail.ts';
import { readKeys as readStoredKeys } from '../messages/message-rows.ts';
import type { Principal, Route } from '../web/route.ts';

import type { CompiledRules } from './compile-rules.ts';
import type { CurrentMasking } from './current-masking.ts';
import { checkFilter, type FilterValues } from './filter-check.ts';
import { maskDetail, maskMessage, maskReject, maskTimeline, maskWords } from './mask-messages.ts';
import {
  filterOfAddress,
  maskAuditEvent,
  maskCountedGroup,
  maskGroup,
  maskItem,
  maskListedValues,
  maskOperation,
  maskOrder,
  maskOrderSearch,
  maskOrderSummary,
  maskPreview,
  maskProblems,
  maskResults,
  maskView,
  maskWholeGroup,
} from './mask-others.ts';
import { Masking, type ReadKeys } from './masking.ts';
import { mustHaveRevealedMessage, mustHaveRevealedReject } from './reveals.ts';

/** A call, as it is masked. */
interface Call {
  rules: CompiledRules;
  principal: Principal;
  database: Database;
  params: FilterValues;
  query: FilterValues;
  body: unknown;
  readKeys: ReadKeys;
}

interface RouteMask {
  /** Refuses what asks for something that masking hides. */
  check?: (call: Call) => Promise<void> | void;
  /** The answer as it leaves. */
  mask?: (body: unknown, call: Call) => unknown;
}

/**
 * Puts the masks before what routes answer: at the edge, whatever a route does inside. Routes that write their answer
 * themselves (tables, streams) mask what they write; here is only what they may be asked for.
 */
export function maskRoutes(
  routes: readonly Route[],
  { database, current, readKeys }: { database: Database; current: CurrentMasking; readKeys: ReadKeys },
): Route[] {
  return routes.map((route) => {
    const { check, mask } = MASKS[`${route.method.toUpperCase()} ${route.path}`] ?? {};
    if (check === undefined && mask === undefined) return route;
    return {
      ...route,
      handle: async (request) => {
        const { principal, params, query, body } = request;
        const rules = await current.rules();
        const call = { rules, principal, database, params: asRecord(params), query: asRecord(query), body, readKeys };
        await check?.(call);
        const answer = await route.handle(request);
        if (answer?.body === undefined || mask === undefined) return answer;
        return { ...answer, body: await mask(answer.body, call) };
      },
    };
  });
}

function asRecord(value: unknown): FilterValues {
  return z.record(z.string(), z.unknown()).parse(value ?? {});
}

/** What a route answers with, by its own schema: the cast is in this one place. */
function answers(mask: (body: never, call: Call) => unknown): Required<Pick<RouteMask, 'mask'>> {
  return { mask: (body, call) => mask(body as never, call) };
}

function lists<Item>(mask: (item: Item, call: Call) => Item): Required<Pick<RouteMask, 'mask'>> {
  return answers((list: List<Item>, call) => ({ ...list, data: list.data.map((item) => mask(item, call)) }));
}

function ofParam({ params }: Call, name: string): string {
  return String(params[name]);
}

const ofQuery = ({ query, rules, principal }: Call) => {
  checkFilter(query, rules, principal);
};
const ofOrder = ({ params, rules, principal }: Call) => {
  checkFilter({ orderId: params['orderId'] }, rules, principal);
};
const ofOrders = ({ body, rules, principal }: Call) => {
  checkFilter({ orderId: z.looseObject({ orderIds: z.unknown() }).parse(body).orderIds }, rules, principal);
};
const selected = z.looseObject({
  selection: z.looseObject({ filter: z.record(z.string(), z.unknown()).optional() }),
});
const ofSelection = ({ body, rules, principal }: Call) => {
  checkFilter(selected.parse(body).selection.filter ?? {}, rules, principal);
};
const ofAddress = ({ body, rules, principal }: Call) => {
  const { address } = z.looseObject({ address: z.string().optional() }).parse(body);
  checkFilter(filterOfAddress(address ?? ''), rules, principal);
};
const ofRevealed = async (call: Call) => {
  await mustHaveRevealedMessage(call.database, ofParam(call, 'id'), call.principal);
};

const oneOperation = answers((operation: Operation, { rules }) => maskOperation(operation, rules));
const oneGroup = answers((group: Group, { rules }) => maskWholeGroup(group, rules));
const oneView = answers((view: SavedView, { rules, principal }) =>
  maskView(view, rules, may(principal, 'messages.reveal')),
);

/** By method and path. A route that is not here answers as it is: it must hold nothing of a message. */
const MASKS: Readonly<Partial<Record<string, RouteMask>>> = {
  'GET /api/messages': { check: ofQuery, ...lists((message: Message, { rules }) => maskMessage(message, rules)) },
  'GET /api/messages/export': { check: ofQuery },
  'GET /api/messages/values': answers((values: ListedValues, { rules }) => maskListedValues(values, rules)),
  'GET /api/messages/:id': answers(
    async (detail: UnmaskedDetail, { rules, database, principal }) =>
      await maskDetail(detail, rules, async () => {
        const contentId = await latestContentId(database, detail.id, principal.scope);
        return (await readContents(database, contentId)).contents.body;
      }),
  ),
  'GET /api/messages/:id/timeline': answers(async ({ data }: { data: TimelineEntry[] }, call) => {
    const keysOf = await readStoredKeys(call.database, [ofParam(call, 'id')]);
    return { data: maskTimeline(data, call.rules, keysOf) };
  }),
  'GET /api/messages/:id/body': { check: ofRevealed },
  'GET /api/messages/:id/draft': { check: ofRevealed },
  'PUT /api/messages/:id/draft': {
    check: async (call) => {
      await mustHaveRevealedMessage(call.database, ofParam(call, 'id'), call.principal, EDITED_FOR_MINUTES);
    },
  },
  'GET /api/messages/:id/edits/:editId': { check: ofRevealed },

  'GET /api/orders': {
    check: ({ query, rules, principal }) => {
      checkFilter({ orderId: query['search'] }, rules, principal);
    },
    ...answers((found: OrderSearch, { rules, query }) => maskOrderSearch(found, String(query['search']).trim(), rules)),
  },
  'POST /api/orders/look-up': {
    check: ofOrders,
    ...answers(({ data }: { data: OrderSummary[] }, { rules }) => ({
      data: data.map((summary) => maskOrderSummary(summary, rules)),
    })),
  },
  'POST /api/orders/export': { check: ofOrders },
  'GET /api/orders/:orderId': { check: ofOrder, ...answers((order: Order, { rules }) => maskOrder(order, rules)) },
  'GET /api/orders/:orderId/timeline/export': { check: ofOrder },

  'GET /api/operations': lists((operation: Operation, { rules }) => maskOperation(operation, rules)),
  'POST /api/operations': { check: ofSelection, ...oneOperation },
  'POST /api/operations/preview': {
    check: ofSelection,
    ...answers((preview: OperationPreview, { rules }) => maskPreview(preview, rules)),
  },
  'GET /api/operations/:id': oneOperation,
  'PATCH /api/operations/:id': oneOperation,
  'POST /api/operations/:id/pause': oneOperation,
  'POST /api/operations/:id/resume': oneOperation,
  'POST /api/operations/:id/cancel': oneOperation,
  'POST /api/operations/:id/approve': oneOperation,
  'POST /api/operations/:id/reject': oneOperation,
  'GET /api/operations/:id/items': lists((item: OperationItem, { rules }) => maskItem(item, rules)),

  'GET /api/groups': { check: ofQuery, ...lists((group: GroupRow, { rules }) => maskGroup(group, rules)) },
  'GET /api/groups/:id': oneGroup,
  'PATCH /api/groups/:id': oneGroup,
  'POST /api/groups/:id/merge': oneGroup,
  'POST /api/groups/:id/split': oneGroup,

  'GET /api/stats/overview': answers((overview: Overview, { rules }) => ({
    ...overview,
    cameBack: {
      ...overview.cameBack,
      groups: overview.cameBack.groups.map((one) => ({ ...one, group: maskCountedGroup(one.group, rules) })),
    },
    growing: {
      ...overview.growing,
      groups: overview.growing.groups.map((one) => ({ ...one, group: maskCountedGroup(one.group, rules) })),
    },
  })),
  'GET /api/stats/failures': answers((failures: FailuresOverTime, { rules }) => ({
    ...failures,
    series: failures.series.map((one) =>
      one.kind === 'group' ? { ...one, group: maskCountedGroup(one.group, rules) } : one,
    ),
  })),

  'GET /api/rejects': lists((reject: Reject, { rules }) => {
    const masking = new Masking(rules);
    return { ...reject, text: maskWords(reject.text, rules), routingKey: masking.text(reject.routingKey) };
  }),
  'GET /api/rejects/:id': answers(
    async (reject: UnmaskedReject, { rules, readKeys }) => await maskReject(reject, rules, readKeys),
  ),
  'GET /api/rejects/:id/body': {
    check: async (call) => {
      await mustHaveRevealedReject(call.database, ofParam(call, 'id'), call.principal);
    },
  },
  'POST /api/rejects/register': answers((answer: RegisterAnswer, { rules }) => ({
    ...answer,
    results: maskResults(answer.results, rules),
  })),
  'POST /api/rejects/import': answers((answer: ImportAnswer, { rules }) => ({
    ...answer,
    problems: maskProblems(answer.problems, rules),
  })),

  'GET /api/saved-views': lists((view: SavedView, { rules, principal }) =>
    maskView(view, rules, may(principal, 'messages.reveal')),
  ),
  'POST /api/saved-views': { check: ofAddress, ...oneView },
  'PATCH /api/saved-views/:id': { check: ofAddress, ...oneView },

  'GET /api/audit-events/export': { check: ofQuery },
  'GET /api/audit-events': { check: ofQuery, ...lists((event: AuditEvent, { rules }) => maskAuditEvent(event, rules)) },
};
