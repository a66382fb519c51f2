import { ERRORS, type ErrorCode } from '../../../server/contract/errors.ts';
import type { Role } from '../../../server/contract/access.ts';
import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import type { NewDraft } from '../../../server/contract/schemas/drafts.ts';
import type { MaskingRule, NewMaskingRule } from '../../../server/contract/schemas/masking.ts';
import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import type { Group, GroupChange } from '../../../server/contract/schemas/groups.ts';
import type {
  Message,
  MessageDetail,
  MessageFilter,
  TimelineEntry,
} from '../../../server/contract/schemas/messages.ts';
import type { OrderSummary } from '../../../server/contract/schemas/orders.ts';
import type {
  NewOperation,
  OperationPreview,
  PreviewedOperation,
} from '../../../server/contract/schemas/operations.ts';
import type { RetentionPreview } from '../../../server/contract/schemas/retention.ts';
import type { NewSavedView, SavedView } from '../../../server/contract/schemas/saved-views.ts';
import type { SignInMethods } from '../../../server/contract/schemas/session.ts';
import type { Settings, SettingsChange } from '../../../server/contract/schemas/settings.ts';
import type { NewApiToken } from '../../../server/contract/schemas/tokens.ts';
import type { FailuresOverTime, Overview } from '../../../server/contract/schemas/statistics.ts';
import type { NewUser } from '../../../server/contract/schemas/users.ts';
import type { Readiness } from '../../../server/contract/schemas/system.ts';
import { takenByFilter } from '../operations/action-rules.ts';
import { FakeEdits } from './fake-edits.ts';
import { fakeGroupRow } from './fake-groups.ts';
import { inOrder, matches, page } from './fake-lists.ts';
import { fakeDetail, fakeMessage } from './fake-messages.ts';
import { fakeFailures, fakeOverview } from './fake-statistics.ts';
import { FakeTokens } from './fake-tokens.ts';
import { FakeUsers } from './fake-users.ts';
import { advance, createFakeOperation, decided, timelineOf, type FakeOperation } from './fake-operations.ts';

type Answer = Response | undefined;

/** A request as the fake office saw it. */
export interface SeenRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  body: unknown;
  headers: Headers;
}

/**
 * An office in memory that answers `fetch`, so that the whole client runs without a server. It keeps to the contract's
 * shapes; what it does not have, it answers with 404 like the real one.
 */
export class FakeOffice {
  signedIn = true;
  signInMethods: SignInMethods = { password: true, singleSignOn: null };
  role: Role = 'operator';
  scope: string[] | null = null;
  messages: Message[] = Array.from({ length: 12 }, (_, number) => fakeMessage(number));
  operations: FakeOperation[] = [];
  edits = new FakeEdits();
  tokens = new FakeTokens();
  users = new FakeUsers();
  /** What of a message's details is not as usual, by its id. */
  details: Record<string, Partial<MessageDetail>> = {};
  /** What of a message is otherwise once it is shown without masks. */
  revealed: Partial<MessageDetail> = {};
  maskingRules: MaskingRule[] = [
    {
      id: '1',
      name: 'email',
      kind: 'pattern',
      value: 'email',
      enabled: true,
      version: 1,
      updatedAt: '2026-11-22T07:18:00.000Z',
    },
  ];
  deadQueues: DeadQueue[] = [];
  groups: Group[] = [];
  auditEvents: AuditEvent[] = [];
  overview: Overview = fakeOverview();
  failures: (query: URLSearchParams) => FailuresOverTime = fakeFailures;
  savedViews: SavedView[] = [];
  readiness: Readiness = {
    status: 'ready',
    checks: { database: { ok: true }, broker: { ok: true }, migrations: { ok: true } },
  };
  settings: Settings = {
    resendsFrozen: null,
    reasonRequiredFrom: null,
    largeOperationFrom: null,
    approvalFrom: null,
    contentsKeptDays: 90,
    recordsKeptDays: null,
  };
  /** What shorter terms would remove. */
  removable: RetentionPreview = { contents: { count: 0, countAtLeast: 0 }, records: { count: 0, countAtLeast: 0 } };
  /** What every preview answers; of a filter it counts its messages itself. */
  preview: OperationPreview = {
    count: 0,
    countAtLeast: 0,
    upToId: null,
    byStatus: {},
    notResendable: [],
    inexact: null,
    targets: [],
    approval: null,
    tooLarge: null,
    sample: [],
  };
  /** A list of messages is counted so far and no further. */
  countsTo = 10_000;
  /** How many items of an operation are done at each look at it. */
  pace = 10_000;
  /** Answered in place of the next request that it fits, once: to show faults. */
  faults: { path: RegExp; answer: () => Response | Promise<Response> }[] = [];
  seen: SeenRequest[] = [];

  fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input, 'http://office.test');
    const method = init.method ?? 'GET';
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : undefined;
    const request = { method, path: url.pathname, query: url.searchParams, body, headers: new Headers(init.headers) };
    this.seen.push(request);
    const fault = this.faults.findIndex(({ path }) => path.test(url.pathname + url.search));
    if (fault >= 0) {
      const [taken] = this.faults.splice(fault, 1);
      if (taken) return taken.answer();
    }
    if (url.pathname === '/health/ready')
      return json(this.readiness, this.readiness.status === 'unavailable' ? 503 : 200);
    if (url.pathname === '/api/session/methods') return json(this.signInMethods);
    if (url.pathname === '/api/session') return this.session(method, body);
    if (!this.signedIn) return problem('session.missing');
    if (url.pathname === '/api/session/password') {
      const wrong = this.users.changePassword(body as { current: string; new: string });
      return wrong === undefined ? json(this.sessionBody()) : problem(wrong);
    }
    if (this.users.mustChangePassword) return problem('password.mustChange');
    if (/^\/api\/(?:users|sessions)\b/.test(url.pathname)) return this.actOnUsers(request);
    return this.read(request) ?? this.act(request) ?? problem('request.notFound');
  };

  private session(method: string, body: unknown): Response {
    if (method === 'DELETE') {
      this.signedIn = false;
      return new Response(null, { status: 204 });
    }
    if (method === 'POST') {
      if ((body as { password: string }).password !== 'right') return problem('session.wrongCredentials');
      this.signedIn = true;
      return json(this.sessionBody(), 201);
    }
    return this.signedIn ? json(this.sessionBody()) : problem('session.missing');
  }

  private sessionBody() {
    const { mustChangePassword } = this.users;
    return { user: { id: '1', username: 'operator', role: this.role, scope: this.scope, mustChangePassword } };
  }

  private actOnUsers({ method, path, query, body }: SeenRequest): Response {
    const [, , resource, id, verb] = path.split('/');
    if (resource === 'sessions') {
      if (method === 'GET') return json({ data: this.users.sessions });
      const ended = this.users.endSessions(id);
      return id === undefined ? json({ ended }) : new Response(null, { status: 204 });
    }
    if (this.role !== 'admin') return problem('access.denied');
    if (path === '/api/users/scope-matches') return json(this.users.scopeMatches(query.getAll('pattern')));
    if (method === 'GET') return json(page(this.users.list(query), query));
    const outcome = id === undefined ? this.users.create(body as NewUser) : this.users.act(method, id, verb, body);
    if ('fault' in outcome) return problem(outcome.fault);
    return outcome.body === undefined
      ? new Response(null, { status: outcome.status })
      : json(outcome.body, outcome.status);
  }

  private read({ method, path, query }: SeenRequest): Answer {
    if (method !== 'GET') return undefined;
    const [, , resource = '', id, part, partId] = path.split('/').map(decodeURIComponent);
    if (path === '/api/messages/values') return this.values(query.get('field') as 'queue', query.get('search') ?? '');
    if (path === '/api/saved-views') return json(page(this.savedViews, query));
    if (resource === 'messages') return this.readMessages(id, part, partId, query);
    if (path === '/api/orders') return this.searchOrders(query.get('search') ?? '');
    if (resource === 'orders' && id !== undefined) return this.readOrder(id);
    if (resource === 'operations') return this.readOperations(id, part, query);
    if (resource === 'groups') return this.readGroups(id, query);
    if (resource === 'settings') return json(this.settings);
    if (resource === 'tokens') return json(page(this.tokens.listed(query.get('of') === 'everybody'), query));
    if (resource === 'masking-rules') return json(page(this.maskingRules, query));
    if (path === '/api/stats/overview') return json(this.overview);
    if (path === '/api/stats/failures') return json(this.failures(query));
    if (path === '/api/retention/preview') return json(this.removable);
    if (resource === 'dead-queues') return json(page(this.deadQueues, query));
    if (resource === 'audit-events') {
      const kinds = query.getAll('kind');
      return json(
        page(
          this.auditEvents.filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)),
          query,
        ),
      );
    }
    return undefined;
  }

  /** Each value with how many of the messages have it. */
  private values(field: 'queue' | 'deadQueue' | 'errorType' | 'exchange', search: string): Answer {
    const counts = new Map<string, number>();
    for (const message of this.messages) {
      const value = message[field];
      if (value?.includes(search)) counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return json({
      data: [...counts].map(([value, failures]) => ({ value, failures })),
      since: '2026-11-15T00:00:00.000Z',
      isWhole: true,
    });
  }

  private actOnView(method: string, id: string | undefined, body: unknown): Answer {
    if (method === 'POST') {
      const wanted = body as NewSavedView;
      if (this.savedViews.some(({ name }) => name === wanted.name)) return problem('savedView.exists');
      const view = { ...wanted, id: String(this.savedViews.length + 1), owner: 'operator', isMine: true, version: 1 };
      this.savedViews.push({ ...view, updatedAt: new Date().toISOString() });
      return json(this.savedViews.at(-1), 201);
    }
    const view = this.savedViews.find((one) => one.id === id);
    if (!view) return problem('savedView.notFound');
    if (method === 'DELETE') {
      this.savedViews = this.savedViews.filter((one) => one !== view);
      return new Response(null, { status: 204 });
    }
    Object.assign(view, body, { version: view.version + 1 });
    return json(view);
  }

  private detail(message: Message): MessageDetail {
    return {
      ...fakeDetail(message),
      ...this.details[message.id],
      edits: this.edits.listed(message.id, this.operations),
    };
  }

  private readMessages(
    id: string | undefined,
    part: string | undefined,
    partId: string | undefined,
    query: URLSearchParams,
  ): Answer {
    if (id === undefined)
      return json(
        page(
          inOrder(
            this.messages.filter((message) => matches(message, query)),
            query.get('sort'),
          ),
          query,
          this.countsTo,
        ),
      );
    const message = this.messages.find((one) => one.id === id);
    if (!message) return problem('message.notFound');
    if (part === undefined) return json(this.detail(message));
    if (part === 'draft') return this.mayEdit() ?? json(this.edits.editing(this.detail(message)));
    if (part === 'edits') {
      const edit = this.edits.one(message.id, partId ?? '', this.operations);
      return edit ? json(edit) : problem('edit.notFound');
    }
    if (part === 'timeline') return json({ data: this.timeline(message) });
    if (part === 'body') return new Response(this.detail(message).bodyPreview?.text ?? '');
    return undefined;
  }

  private mayEdit(): Answer {
    return this.role === 'lead' || this.role === 'admin' ? undefined : problem('access.denied');
  }

  private actOnRule(method: string, id: string | undefined, body: unknown): Answer {
    if (method === 'DELETE') {
      this.maskingRules = this.maskingRules.filter((rule) => rule.id !== id);
      return new Response(null, { status: 204 });
    }
    const updatedAt = new Date().toISOString();
    if (method === 'POST') {
      const rule = { ...(body as NewMaskingRule), id: String(100 + this.maskingRules.length), version: 1, updatedAt };
      if (rule.value === '$..a..b') {
        return problem('masking.ruleInvalid', {
          params: { fault: 'costlyPath', words: 'It has ".." more than once.' },
        });
      }
      this.maskingRules.push(rule);
      return json(rule, 201);
    }
    const rule = this.maskingRules.find((one) => one.id === id);
    if (!rule) return problem('masking.ruleNotFound');
    Object.assign(rule, body, { version: rule.version + 1, updatedAt });
    return json(rule);
  }

  private actOnDraft(method: string, id: string | undefined, body: unknown): Answer {
    const message = this.messages.find((one) => one.id === id);
    if (!message) return problem('message.notFound');
    const denied = this.mayEdit();
    if (denied) return denied;
    if (method === 'DELETE') {
      return this.edits.discard(message.id) ? new Response(null, { status: 204 }) : problem('draft.notFound');
    }
    const fault = this.edits.save(this.detail(message), body as NewDraft);
    return fault ? problem(fault) : json(this.edits.editing(this.detail(message)));
  }

  private ofOrder(orderId: string): Message[] {
    return this.messages.filter(({ keys }) => keys['orderId']?.some((own) => isOrder(own, orderId)));
  }

  /** By any part of the ID. */
  private searchOrders(search: string): Answer {
    const orderIds = [...new Set(this.messages.flatMap(({ keys }) => keys['orderId'] ?? []))];
    return json({
      data: orderIds.filter((own) => own.includes(search)).map((orderId) => ({ orderId, match: 'contains' })),
      lookedThrough: { entries: orderIds.length, all: true, since: '2026-11-22T00:00:00.000Z' },
    });
  }

  private lookUpOrder(orderId: string): OrderSummary {
    const messages = this.ofOrder(orderId);
    const [last] = messages;
    return {
      orderId,
      orderIds: messages.length > 0 ? [orderId] : [],
      messages: messages.length,
      isWhole: true,
      statuses: {},
      queues: [],
      lastStatus: last?.status ?? null,
      lastEvent: last
        ? {
            kind: 'died',
            at: last.failedAt,
            messageId: last.id,
            queue: last.queue ?? last.deadQueue,
            reason: last.reason,
            errorType: last.errorType,
          }
        : null,
    };
  }

  private readOrder(orderId: string): Answer {
    const messages = this.ofOrder(orderId);
    if (messages.length === 0) return problem('order.notFound');
    const timeline = messages
      .flatMap((message) => this.timeline(message))
      .sort((one, other) => one.at.localeCompare(other.at));
    return json({
      orderId,
      orderIds: [
        ...new Set(messages.flatMap(({ keys }) => keys['orderId'] ?? []).filter((own) => isOrder(own, orderId))),
      ],
      messages,
      messagesTotal: messages.length,
      timeline,
      isWhole: true,
    });
  }

  private readOperations(id: string | undefined, part: string | undefined, query: URLSearchParams): Answer {
    if (id === undefined) {
      const statuses = query.getAll('status');
      const found = this.operations.map(({ operation }) => operation);
      return json(
        page(found.filter(({ status }) => statuses.length === 0 || statuses.includes(status)).reverse(), query),
      );
    }
    const fake = this.operations.find(({ operation }) => operation.id === id);
    if (!fake) return problem('operation.notFound');
    if (part === 'items') {
      const outcomes = query.getAll('outcome');
      return json(
        page(
          fake.items.filter(({ outcome }) => outcomes.length === 0 || outcomes.includes(String(outcome))),
          query,
        ),
      );
    }
    if (fake.operation.status === 'running') advance(fake, this.messages, this.pace, new Date().toISOString());
    return json(fake.operation);
  }

  private readGroups(id: string | undefined, query: URLSearchParams): Answer {
    if (id !== undefined) {
      const group = this.groups.find((one) => one.id === id);
      return group ? json(group) : problem('group.notFound');
    }
    const states = query.getAll('state');
    const words = query.get('text') ?? '';
    const found = this.groups.filter(
      ({ state, normalisedMessage }) =>
        (states.length === 0 || states.includes(state)) && (normalisedMessage ?? '').includes(words),
    );
    return json(page(found.map(fakeGroupRow), query));
  }

  private actOnGroup(id: string, verb: string | undefined, body: unknown): Answer {
    const group = this.groups.find((one) => one.id === id);
    if (!group) return problem('group.notFound');
    if (verb === 'merge') {
      const { groupIds } = body as { groupIds: string[] };
      for (const merged of this.groups.filter((one) => groupIds.includes(one.id))) {
        group.pending += merged.pending;
        group.fingerprints.push(...merged.fingerprints);
      }
      this.groups = this.groups.filter((one) => !groupIds.includes(one.id));
      return json(group);
    }
    const { version, ...change } = body as GroupChange;
    if (version !== group.version) return problem('group.changed');
    Object.assign(group, change, { version: version + 1 });
    return json(group);
  }

  private act({ method, path, body }: SeenRequest): Answer {
    const [, , resource = '', id, verb] = path.split('/');
    if (method === 'POST' && resource === 'operations' && id === undefined) {
      const asked = body as NewOperation;
      const { selection } = asked;
      let chosen: Message[];
      if ('ids' in selection) chosen = this.messages.filter(({ id }) => selection.ids.includes(id));
      else {
        chosen = this.selected(asked.action, selection.filter);
        if (chosen.length !== selection.expectedCount) {
          return problem('operation.selectionDrifted', {
            params: { expected: selection.expectedCount, count: chosen.length },
          });
        }
        chosen = chosen.slice(0, asked.limit);
      }
      const operationId = String(42 + this.operations.length);
      if (asked.edited) {
        if (asked.reason === undefined) return problem('operation.reasonRequired');
        const fault = this.mayEdit()
          ? 'access.denied'
          : this.edits.take(chosen, operationId, asked.draftVersions ?? {});
        if (fault) return problem(fault);
      }
      const fake = createFakeOperation(operationId, asked, chosen, new Date().toISOString());
      this.operations.push(fake);
      return json(fake.operation, 202);
    }
    if (resource === 'messages' && verb === 'reveal') {
      const message = this.messages.find((one) => one.id === id);
      if (!message) return problem('message.notFound');
      if (this.role === 'viewer' || this.role === 'operator') return problem('access.denied');
      return json({ ...this.detail(message), ...this.revealed, masked: { count: 0, rules: [], body: null } });
    }
    if (path === '/api/masking-rules/preview') {
      return json({ text: 'to •••', masked: { count: 1, rules: ['email'], body: null } });
    }
    if (resource === 'masking-rules') return this.actOnRule(method, id, body);
    if (resource === 'messages' && verb === 'draft') return this.actOnDraft(method, id, body);
    if (resource === 'saved-views') return this.actOnView(method, id, body);
    if (resource === 'tokens')
      return method === 'POST' ? json(this.tokens.make(body as NewApiToken), 201) : this.tokens.revoke(id);
    if (method === 'POST' && path === '/api/orders/look-up') {
      return json({ data: (body as { orderIds: string[] }).orderIds.map((orderId) => this.lookUpOrder(orderId)) });
    }
    if (method === 'POST' && resource === 'operations' && id === 'preview') {
      const asked = body as PreviewedOperation;
      if ('ids' in asked.selection) return json(this.preview);
      const found = this.selected(asked.action, asked.selection.filter);
      const count = this.preview.count === null ? null : found.length;
      return json({ ...this.preview, count, countAtLeast: found.length, upToId: 'opaque', sample: found.slice(0, 5) });
    }
    if (method === 'PATCH' && resource === 'operations') {
      const fake = this.operations.find(({ operation }) => operation.id === id);
      if (!fake) return problem('operation.notFound');
      fake.operation.ratePerSecond = (body as { ratePerSecond: number | null }).ratePerSecond;
      return json(fake.operation);
    }
    if (resource === 'groups' && id !== undefined) return this.actOnGroup(id, verb, body);
    if (method === 'PATCH' && resource === 'settings') {
      const { resendsFrozen, ...change } = body as SettingsChange;
      Object.assign(this.settings, change);
      if (resendsFrozen !== undefined) {
        this.settings.resendsFrozen = resendsFrozen && {
          ...resendsFrozen,
          by: 'operator',
          since: new Date().toISOString(),
        };
      }
      return json(this.settings);
    }
    if (method === 'POST' && resource === 'operations') {
      const fake = this.operations.find(({ operation }) => operation.id === id);
      if (!fake) return problem('operation.notFound');
      if (verb === 'approve' || verb === 'reject') {
        return json(decided(fake, verb, (body as { reason: string }).reason, new Date().toISOString()));
      }
      fake.operation.status = verb === 'pause' ? 'paused' : verb === 'resume' ? 'running' : 'cancelled';
      fake.operation.hold = verb === 'pause' ? { code: 'byHand', params: {} } : null;
      fake.isLetOn ||= verb === 'resume';
      return json(fake.operation);
    }
    return undefined;
  }

  /** The messages that an act takes by a filter. */
  private selected(action: NewOperation['action'], filter: MessageFilter): Message[] {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(filter)) {
      for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
    }
    const taken = takenByFilter(action, filter);
    return this.messages.filter((message) => matches(message, query) && taken.includes(message.status));
  }

  private timeline(message: Message): TimelineEntry[] {
    const deaths = this.detail(message).deaths.map((death) => ({
      kind: 'died' as const,
      at: death.arrivedAt,
      messageId: message.id,
      death,
    }));
    const editOf = (operationId: string) =>
      this.edits.of(message.id).find(({ edit }) => edit.operationId === operationId)?.edit.id ?? null;
    const acts = this.operations.flatMap((fake) => timelineOf(fake, message.id, editOf(fake.operation.id)));
    return [...deaths, ...acts].sort((one, other) => one.at.localeCompare(other.at));
  }
}

function isOrder(own: string, asked: string): boolean {
  return own === asked || own === `ORD-${asked}`;
}

export function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json; charset=utf-8' } });
}

export function problem(code: ErrorCode, over: Record<string, unknown> = {}): Response {
  const { status, title } = ERRORS[code];
  return new Response(
    JSON.stringify({ type: `urn:dead-letter-office:${code}`, title, status, code, requestId: 'req-1', ...over }),
    { status, headers: { 'content-type': 'application/problem+json' } },
  );
}
