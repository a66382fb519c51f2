import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import type {
  DeadQueue,
  DeadQueueChange,
  NewDeadQueue,
  QueuePreflight,
} from '../../../server/contract/schemas/dead-queues.ts';
import type { Editing, EditWithOriginal, NewDraft } from '../../../server/contract/schemas/drafts.ts';
import type { Group, GroupChange, GroupRow } from '../../../server/contract/schemas/groups.ts';
import type { FilterValues, FilterValuesQuery } from '../../../server/contract/schemas/filter-values.ts';
import type { List } from '../../../server/contract/schemas/lists.ts';
import type { Message, MessageDetail, TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import type { Order, OrderSearch, OrdersExportRequest, OrderSummary } from '../../../server/contract/schemas/orders.ts';
import type {
  NewOperation,
  Operation,
  OperationItem,
  OperationPreview,
  PreviewedOperation,
} from '../../../server/contract/schemas/operations.ts';
import type {
  ImportAnswer,
  RegisterAnswer,
  RegisterRequest,
  Reject,
  RejectDetail,
  RejectList as RejectListAnswer,
} from '../../../server/contract/schemas/rejects.ts';
import type {
  MaskingPreview,
  MaskingPreviewRequest,
  MaskingRule,
  MaskingRuleChange,
  NewMaskingRule,
} from '../../../server/contract/schemas/masking.ts';
import type { Outcome } from '../../../server/contract/operations.ts';
import type { NewSavedView, SavedView, SavedViewChange } from '../../../server/contract/schemas/saved-views.ts';
import type { RetentionPreview } from '../../../server/contract/schemas/retention.ts';
import type { Settings, SettingsChange } from '../../../server/contract/schemas/settings.ts';
import type { FailuresOverTime, FailuresQuery, Overview } from '../../../server/contract/schemas/statistics.ts';
import type {
  RecoveryCodes,
  SecondFactor,
  SecondFactorRemoval,
  SecondFactorSecret,
} from '../../../server/contract/schemas/second-factor.ts';
import type { Credentials, Session, SignInMethods } from '../../../server/contract/schemas/session.ts';
import type { ApiToken, MadeApiToken, NewApiToken } from '../../../server/contract/schemas/tokens.ts';
import type {
  NewUser,
  PasswordChange,
  ScopeMatches,
  SignedInSession,
  User,
  UserChange,
  UserWithPassword,
} from '../../../server/contract/schemas/users.ts';
import type { Readiness } from '../../../server/contract/schemas/system.ts';
import { call, callForBytes, callForFile, callForReadiness, queryString, type Query } from './api-client.ts';

const at = (path: string, ...parts: string[]): string => [path, ...parts.map(encodeURIComponent)].join('/');

export type RetentionTerms = Pick<Settings, 'contentsKeptDays' | 'recordsKeptDays'>;

/** The resources that have a list, with what one row is. */
export interface Resources {
  messages: Message;
  operations: Operation;
  'dead-queues': DeadQueue;
  'audit-events': AuditEvent;
  rejects: Reject;
  groups: GroupRow;
  users: User;
}
export type ResourceName = keyof Resources;

/** Every call of the API that the console makes. Ids are strings throughout. */
export const office = {
  session: (signal?: AbortSignal) => call<Session>('GET', '/api/session', { signal }),
  signIn: (credentials: Credentials) => call<Session>('POST', '/api/session', { body: credentials }),
  signInMethods: (signal?: AbortSignal) => call<SignInMethods>('GET', '/api/session/methods', { signal }),
  secondFactor: (signal?: AbortSignal) => call<SecondFactor>('GET', '/api/account/second-factor', { signal }),
  beginSecondFactor: (password: string) =>
    call<SecondFactorSecret>('POST', '/api/account/second-factor', { body: { password } }),
  confirmSecondFactor: (code: string) =>
    call<RecoveryCodes>('POST', '/api/account/second-factor/confirm', { body: { code } }),
  removeSecondFactor: (removal: SecondFactorRemoval) =>
    call<undefined>('POST', '/api/account/second-factor/remove', { body: removal }),
  signOut: () => call<undefined>('DELETE', '/api/session'),
  changePassword: (change: PasswordChange) => call<Session>('POST', '/api/session/password', { body: change }),
  /** Without an id: one's own. */
  sessions: async (userId?: string, signal?: AbortSignal) =>
    (await call<{ data: SignedInSession[] }>('GET', '/api/sessions', { query: { userId }, signal })).data,
  endSession: (id: string) => call<undefined>('DELETE', at('/api/sessions', id)),
  /** Never the one that asks. */
  endSessions: (userId?: string) => call<{ ended: number }>('DELETE', '/api/sessions', { query: { userId } }),
  createUser: (user: NewUser) => call<UserWithPassword>('POST', '/api/users', { body: user }),
  changeUser: (id: string, change: UserChange) => call<User>('PATCH', at('/api/users', id), { body: change }),
  removeUser: (id: string) => call<undefined>('DELETE', at('/api/users', id)),
  resetPassword: (id: string) => call<UserWithPassword>('POST', `${at('/api/users', id)}/password`, { body: {} }),
  removeSecondFactorOf: (id: string) => call<undefined>('DELETE', `${at('/api/users', id)}/second-factor`),
  unlockUser: (id: string) => call<User>('POST', `${at('/api/users', id)}/unlock`),
  scopeMatches: (pattern: readonly string[], signal?: AbortSignal) =>
    call<ScopeMatches>('GET', '/api/users/scope-matches', { query: { pattern }, signal }),

  readiness: (signal?: AbortSignal) => callForReadiness<Readiness>('/health/ready', signal),

  list: <R extends ResourceName>(resource: R, query: Query, signal?: AbortSignal) =>
    call<List<Resources[R]>>('GET', `/api/${resource}`, { query, signal }),

  message: (id: string, signal?: AbortSignal) => call<MessageDetail>('GET', at('/api/messages', id), { signal }),
  timeline: (id: string, signal?: AbortSignal) =>
    call<{ data: TimelineEntry[] }>('GET', `${at('/api/messages', id)}/timeline`, { signal }),
  bodyPath: (id: string) => `${at('/api/messages', id)}/body`,
  /** The body of the envelope that it came in. */
  arrivedBodyPath: (id: string) => `${office.bodyPath(id)}?as=arrived`,
  bytes: (path: string, signal?: AbortSignal) => callForBytes(path, signal),
  draft: (id: string, signal?: AbortSignal) => call<Editing>('GET', `${at('/api/messages', id)}/draft`, { signal }),
  saveDraft: (id: string, draft: NewDraft) => call<Editing>('PUT', `${at('/api/messages', id)}/draft`, { body: draft }),
  discardDraft: (id: string) => call<undefined>('DELETE', `${at('/api/messages', id)}/draft`),
  /** What was sent in place of a message, beside the message as it failed. */
  edit: (id: string, editId: string, signal?: AbortSignal) =>
    call<EditWithOriginal>('GET', `${at('/api/messages', id)}/edits/${encodeURIComponent(editId)}`, { signal }),
  /** Without masks; on record with the reason. */
  reveal: (id: string, reason: string) =>
    call<MessageDetail>('POST', `${at('/api/messages', id)}/reveal`, { body: { reason } }),
  revealReject: (id: string, reason: string) =>
    call<RejectDetail>('POST', `${at('/api/rejects', id)}/reveal`, { body: { reason } }),
  maskingRules: (signal?: AbortSignal) => call<List<MaskingRule>>('GET', '/api/masking-rules', { signal }),
  addMaskingRule: (rule: NewMaskingRule) => call<MaskingRule>('POST', '/api/masking-rules', { body: rule }),
  changeMaskingRule: (id: string, change: MaskingRuleChange) =>
    call<MaskingRule>('PATCH', at('/api/masking-rules', id), { body: change }),
  removeMaskingRule: (id: string) => call<undefined>('DELETE', at('/api/masking-rules', id)),
  previewMasking: (wanted: MaskingPreviewRequest) =>
    call<MaskingPreview>('POST', '/api/masking-rules/preview', { body: wanted }),
  exportPath: (format: 'csv' | 'ndjson', filter: Query) => `/api/messages/export${queryString({ format, ...filter })}`,
  auditExportPath: (format: 'csv' | 'ndjson', filter: Query) =>
    `/api/audit-events/export${queryString({ format, ...filter })}`,
  filterValues: (query: FilterValuesQuery, signal?: AbortSignal) =>
    call<FilterValues>('GET', '/api/messages/values', { query, signal }),
  order: (orderId: string, signal?: AbortSignal) => call<Order>('GET', at('/api/orders', orderId), { signal }),
  searchOrders: (search: string, signal?: AbortSignal) =>
    call<OrderSearch>('GET', '/api/orders', { query: { search }, signal }),
  lookUpOrders: async (orderIds: readonly string[], signal?: AbortSignal) =>
    (await call<{ data: OrderSummary[] }>('POST', '/api/orders/look-up', { body: { orderIds }, signal })).data,
  orderExportPath: (orderId: string) => `${at('/api/orders', orderId)}/timeline/export?format=csv`,
  ordersFile: (wanted: OrdersExportRequest) => callForFile('POST', '/api/orders/export', wanted),

  operation: (id: string, signal?: AbortSignal) => call<Operation>('GET', at('/api/operations', id), { signal }),
  operationItems: (id: string, query: Query, signal?: AbortSignal) =>
    call<List<OperationItem>>('GET', `${at('/api/operations', id)}/items`, { query, signal }),
  previewOperation: (operation: PreviewedOperation, signal?: AbortSignal) =>
    call<OperationPreview>('POST', '/api/operations/preview', { body: operation, signal }),
  /** The key makes a repeated press start the operation at most once. */
  startOperation: (operation: NewOperation, idempotencyKey: string) =>
    call<Operation>('POST', '/api/operations', { body: operation, headers: { 'idempotency-key': idempotencyKey } }),
  steerOperation: (id: string, act: 'pause' | 'resume' | 'cancel') =>
    call<Operation>('POST', `${at('/api/operations', id)}/${act}`),
  /** The word of a second person. */
  decideOperation: (id: string, verb: 'approve' | 'reject', reason: string) =>
    call<Operation>('POST', `${at('/api/operations', id)}/${verb}`, { body: { reason } }),
  /** Null: as fast as it goes. */
  changeRate: (id: string, ratePerSecond: number | null) =>
    call<Operation>('PATCH', at('/api/operations', id), { body: { ratePerSecond } }),
  itemsExportPath: (id: string, outcome: readonly Outcome[]) =>
    `${at('/api/operations', id)}/items/export${queryString({ outcome })}`,

  group: (id: string, signal?: AbortSignal) => call<Group>('GET', at('/api/groups', id), { signal }),
  changeGroup: (id: string, change: GroupChange) => call<Group>('PATCH', at('/api/groups', id), { body: change }),
  mergeGroups: (id: string, groupIds: readonly string[]) =>
    call<Group>('POST', `${at('/api/groups', id)}/merge`, { body: { groupIds } }),
  splitGroup: (id: string, fingerprintIds: readonly string[]) =>
    call<Group>('POST', `${at('/api/groups', id)}/split`, { body: { fingerprintIds } }),
  savedViews: (signal?: AbortSignal) => call<List<SavedView>>('GET', '/api/saved-views', { signal }),
  saveView: (view: NewSavedView) => call<SavedView>('POST', '/api/saved-views', { body: view }),
  changeView: (id: string, change: SavedViewChange) =>
    call<SavedView>('PATCH', at('/api/saved-views', id), { body: change }),
  removeView: (id: string) => call<undefined>('DELETE', at('/api/saved-views', id)),

  reject: (id: string, signal?: AbortSignal) => call<RejectDetail>('GET', at('/api/rejects', id), { signal }),
  /** How many more lie in the journals of other instances. */
  rejectsElsewhere: async (signal?: AbortSignal) =>
    (await call<RejectListAnswer>('GET', '/api/rejects', { query: { perPage: 1 }, signal })).elsewhere,
  rejectBodyPath: (id: string) => `${at('/api/rejects', id)}/body`,
  register: (wanted: RegisterRequest) => call<RegisterAnswer>('POST', '/api/rejects/register', { body: wanted }),
  importFile: (content: Blob) =>
    call<ImportAnswer>('POST', '/api/rejects/import', { file: { content, contentType: 'application/x-ndjson' } }),

  tokens: (of: 'me' | 'everybody', signal?: AbortSignal) =>
    call<List<ApiToken>>('GET', '/api/tokens', { query: { of }, signal }),
  makeToken: (token: NewApiToken) => call<MadeApiToken>('POST', '/api/tokens', { body: token }),
  revokeToken: (id: string) => call<undefined>('DELETE', at('/api/tokens', id)),

  settings: (signal?: AbortSignal) => call<Settings>('GET', '/api/settings', { signal }),
  changeSettings: (change: SettingsChange) => call<Settings>('PATCH', '/api/settings', { body: change }),
  retentionPreview: (terms: RetentionTerms, signal?: AbortSignal) =>
    call<RetentionPreview>('GET', '/api/retention/preview', {
      query: {
        contentsKeptDays: terms.contentsKeptDays,
        // Records that are kept for good are not asked about.
        recordsKeptDays: terms.recordsKeptDays ?? undefined,
      },
      signal,
    }),

  overview: (timeZone: string, signal?: AbortSignal) =>
    call<Overview>('GET', '/api/stats/overview', { query: { timeZone }, signal }),
  failures: (query: FailuresQuery, signal?: AbortSignal) =>
    call<FailuresOverTime>('GET', '/api/stats/failures', { query: { ...query }, signal }),

  queuePreflight: (name: string, signal?: AbortSignal) =>
    call<QueuePreflight>('GET', '/api/dead-queues/preflight', { query: { name }, signal }),
  addDeadQueue: (queue: NewDeadQueue) => call<DeadQueue>('POST', '/api/dead-queues', { body: queue }),
  changeDeadQueue: (id: string, change: DeadQueueChange) =>
    call<DeadQueue>('PATCH', at('/api/dead-queues', id), { body: change }),
  removeDeadQueue: (id: string) => call<undefined>('DELETE', at('/api/dead-queues', id)),
};
