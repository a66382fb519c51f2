import { ROLES } from '../../../server/contract/access.ts';
import { AUDIT_KINDS, type AuditKind } from '../../../server/contract/audit.ts';
import { MASKING_KINDS } from '../../../server/contract/masking.ts';
import { ACTIONS, OPERATION_STATUSES, OUTCOMES } from '../../../server/contract/operations.ts';
import { REGISTRATION_OUTCOMES } from '../../../server/contract/rejects.ts';
import type { Text } from '../i18n/use-text.ts';
import { changedParts } from '../messages/edit/changed-parts.ts';
import { formatNumber } from '../show/numbers.ts';
import { span } from '../show/times.ts';
import { TYPED } from './audit-list-spec.ts';
import {
  change,
  filterWords,
  groupChanges,
  inner,
  isRecord,
  listOf,
  numberOf,
  queueSettings,
  quoted,
  roleWords,
  scopeWords,
  settingChanges,
  textOf,
  time,
  viewWords,
  type Details,
  type Tools,
} from './detail-parts.ts';
import { signInWords } from './sign-in-words.ts';

type Words = (string | undefined)[];
type Tell = (details: Details, tools: Tools) => Words;

/** What the kind and the subject of an event say already. */
const nothing: Tell = () => [];
const ended: Tell = (details, { text }) => {
  const [sessions, tokens] = [numberOf(details, 'sessions'), numberOf(details, 'tokens')];
  return [
    sessions === undefined ? undefined : text('auditEvents.sessionsEnded', { count: sessions }),
    tokens === undefined ? undefined : text('auditEvents.tokensRevoked', { count: tokens }),
  ];
};
const view: Tell = (details, tools) => [viewWords(textOf(details, 'address'), tools)];
const purged = ['contents', 'records', 'contentsKeptDays', 'recordsKeptDays'] as const;

const reason: Tell = (details, tools) => [quoted(textOf(details, 'reason'), tools)];
const maskingRule: Tell = (details, { text }) => {
  const kind = MASKING_KINDS.find((one) => one === details['kind']);
  return [
    kind && text(`masking.kinds.${kind}`),
    textOf(details, 'value'),
    details['enabled'] === false ? text('masking.switchedOff') : undefined,
  ];
};
/** How the details of each kind are told; what is not named here is not shown (ids of rows, which say nothing). */
const TELL: Readonly<Record<AuditKind, Tell>> = {
  'secondFactor.added': nothing,
  'secondFactor.removed': nothing,
  'secondFactor.recoveryUsed': ({ left }, { text }) => [
    typeof left === 'number' ? text('secondFactor.left', { count: left }) : undefined,
  ],
  'session.created': signInWords,
  'session.refused': (details, tools) => [
    ...signInWords(details, tools),
    details['failures'] === undefined
      ? undefined
      : tools.text('auditEvents.failures', { count: numberOf(details, 'failures') ?? 1 }),
  ],
  'session.ended': nothing,
  'session.revoked': ended,
  'user.created': (details, tools) => [
    roleWords(details, tools.text),
    scopeWords(details, tools.text),
    ...signInWords(details, tools),
  ],
  'user.changed': (details, tools) => {
    const [before, after] = [inner(details, 'before'), inner(details, 'after')];
    const { text } = tools;
    return [
      change(text('users.role'), roleWords(before, text), roleWords(after, text) ?? '', tools),
      change(text('users.scope'), scopeWords(before, text), scopeWords(after, text), tools),
      ...signInWords(details, tools),
    ];
  },
  'user.disabled': ended,
  'user.enabled': nothing,
  'user.removed': ended,
  'user.unlocked': nothing,
  'user.passwordReset': ended,
  'user.passwordChanged': ended,
  'deadQueue.added': (details, tools) => queueSettings(inner(details, 'settings'), {}, tools),
  'deadQueue.changed': (details, tools) => queueSettings(inner(details, 'settings'), inner(details, 'before'), tools),
  'deadQueue.removed': (details, tools) => queueSettings(inner(details, 'before'), {}, tools),
  'operation.created': operation,
  'operation.paused': steering,
  'operation.resumed': steering,
  'operation.cancelled': steering,
  'operation.finished': (details, { text, locale }) => {
    const status = OPERATION_STATUSES.find((one) => one === details['status']);
    const counts = inner(details, 'outcomes');
    const total = numberOf(details, 'total');
    const cameBack = numberOf(details, 'cameBack');
    const hash = textOf(details, 'itemsSha256');
    return [
      status && text(`operationStatus.${status}`),
      because(details, text),
      total === undefined ? undefined : text('auditEvents.total', { count: total }),
      ...OUTCOMES.filter((outcome) => numberOf(counts, outcome) !== undefined).map(
        (outcome) => `${formatNumber(Number(counts[outcome]), locale)} ${text(`outcome.${outcome}`)}`,
      ),
      cameBack === undefined ? undefined : text('auditEvents.cameBack', { count: cameBack }),
      hash === undefined ? undefined : text('auditEvents.itemsHash', { hash: hash.slice(0, 12) }),
    ];
  },
  'operation.rateChanged': (details, tools) => {
    const rate = (value: unknown) =>
      typeof value === 'number'
        ? tools.text('operations.perSecond', { count: value })
        : tools.text('operations.rateNone');
    return [change(tools.text('operations.ratePace'), rate(details['from']), rate(details['to']), tools)];
  },
  'settings.changed': settingChanges,
  'group.changed': (details, tools) => groupChanges(inner(details, 'before'), inner(details, 'after'), tools),
  'group.merged': (details, tools) => {
    const ids = listOf(details, 'groupIds');
    return [
      tools.text('auditEvents.merged', { count: ids.length, ids: ids.join(', ') }),
      quoted(textOf(details, 'reason'), tools),
    ];
  },
  'group.split': (details, tools) => [
    tools.text('auditEvents.split', {
      count: listOf(details, 'fingerprintIds').length,
      id: textOf(details, 'newGroupId'),
    }),
    quoted(textOf(details, 'reason'), tools),
  ],
  'retention.purged': (details, { text }) =>
    purged.map((field) => {
      const count = numberOf(details, field);
      return count === undefined ? undefined : text(`auditEvents.${field}`, { count });
    }),
  'message.bodyDownloaded': (details, { text }) => [
    details['as'] === 'arrived' ? text('auditEvents.asArrived') : undefined,
  ],
  'message.draftSaved': (details, { text }) => {
    const headers = inner(details, 'headers');
    const changed = {
      body: details['body'] === true,
      headers: {
        added: listOf(headers, 'added'),
        removed: listOf(headers, 'removed'),
        changed: listOf(headers, 'changed'),
      },
      headersReordered: details['headersReordered'] === true,
      properties: listOf(details, 'properties'),
    };
    return [text('edit.sentParts', { parts: changedParts(changed, text) })];
  },
  'message.draftDiscarded': (details, { text }) => {
    const author = textOf(details, 'author');
    return [author === undefined ? undefined : text('auditEvents.draftOf', { author })];
  },
  'message.registered': (details, tools) => {
    const at = time(textOf(details, 'arrivedAt'), tools);
    return [
      tools.text(details['from'] === 'journal' ? 'rejects.journal' : 'rejects.rejects'),
      at === undefined ? undefined : tools.text('auditEvents.arrived', { time: at }),
    ];
  },
  'journal.registered': (details, { text }) => [
    text('auditEvents.total', { count: numberOf(details, 'messages') ?? 0 }),
  ],
  'rejects.imported': (details, { text }) => [
    ...REGISTRATION_OUTCOMES.map((outcome) => {
      const count = numberOf(details, outcome);
      return count === undefined ? undefined : text(`registration.${outcome}`, { count });
    }),
    numberOf(details, 'problems') === undefined
      ? undefined
      : text('auditEvents.problems', { count: numberOf(details, 'problems') ?? 0 }),
  ],
  'messages.exported': (details, tools) => [
    textOf(details, 'format')?.toUpperCase(),
    filterWords(inner(details, 'filter'), tools) ?? tools.text('auditEvents.noFilter'),
    quoted(textOf(details, 'reason'), tools),
  ],
  'orders.exported': (details, { text }) => {
    const ids = listOf(details, 'orderIds');
    const named = ids.slice(0, 3).join(', ');
    return [
      text('auditEvents.orders', { count: ids.length, ids: ids.length > 3 ? `${named}, …` : named }),
      text(details['content'] === 'orders' ? 'auditEvents.orderLines' : 'auditEvents.eventLines'),
    ];
  },
  'reject.bodyDownloaded': nothing,
  'message.restored': nothing,
  'installation.restored': (details, { text }) => [
    text('auditEvents.total', { count: Number(details['messages'] ?? 0) }),
    text('auditEvents.stopped', { count: Number(details['operations'] ?? 0) }),
  ],
  'savedView.shared': view,
  'savedView.changed': (details, tools) => {
    const before = inner(details, 'before');
    return [
      textOf(before, 'name') === undefined
        ? undefined
        : tools.text('auditEvents.viewWas', { name: textOf(before, 'name') }),
      details['shared'] === false ? tools.text('auditEvents.viewTakenBack') : undefined,
      change(
        tools.text('operations.filter'),
        viewWords(textOf(before, 'address'), tools),
        viewWords(textOf(details, 'address'), tools) ?? '',
        tools,
      ),
    ];
  },
  'savedView.removed': view,
  'message.revealed': reason,
  'reject.revealed': reason,
  'maskingRule.added': maskingRule,
  'maskingRule.changed': (details, tools) => {
    const before = inner(details, 'before');
    const { text } = tools;
    const onOff = (enabled: unknown) => text(enabled === true ? 'masking.switchedOn' : 'masking.switchedOff');
    const [was, is] = [before['enabled'], details['enabled']];
    const kind = MASKING_KINDS.find((one) => one === details['kind']);
    return [
      kind && text(`masking.kinds.${kind}`),
      change(text('column.value'), textOf(before, 'value'), textOf(details, 'value') ?? '', tools),
      typeof is === 'boolean' ? change(text('masking.rule'), onOff(was), onOff(is), tools) : undefined,
    ];
  },
  'maskingRule.removed': maskingRule,
  'operation.exported': (details, { text }) =>
    OUTCOMES.filter((outcome) => listOf(details, 'outcome').includes(outcome)).map((outcome) =>
      text(`outcome.${outcome}`),
    ),
  'audit.exported': (details, tools) => [
    textOf(details, 'format')?.toUpperCase(),
    auditFilterWords(inner(details, 'filter'), tools),
  ],
  'token.created': (details, tools) => {
    const role = ROLES.find((one) => one === details['role']);
    const scope = listOf(details, 'scope');
    const until = time(textOf(details, 'expiresAt'), tools);
    return [
      role && tools.text(`role.${role}`),
      scope.length === 0 ? undefined : tools.text('auditEvents.scope', { names: scope.join(', ') }),
      until === undefined ? undefined : tools.text('auditEvents.until', { time: until }),
    ];
  },
  'token.revoked': (details, { text }) => [text('auditEvents.owner', { name: textOf(details, 'owner') })],
  'operation.awaitsApproval': (details, tools) => {
    const until = time(textOf(details, 'until'), tools);
    return [
      tools.text('auditEvents.total', { count: numberOf(details, 'total') ?? 0 }),
      causes(details['because'], tools),
      until === undefined ? undefined : tools.text('auditEvents.until', { time: until }),
    ];
  },
  'operation.approved': decision,
  'operation.rejected': decision,
  'operation.approvalExpired': (details, { text }) => [
    text('auditEvents.afterHours', { count: numberOf(details, 'hours') ?? 0 }),
  ],
};

/** The details of an event in words: parts of one line. */
export function detailWords(kind: AuditKind, details: Details, tools: Tools): string[] {
  return TELL[kind](details, tools).filter((words) => words !== undefined && words !== '') as string[];
}

/** What an operation was before, and why it stands where nobody stopped it. */
function steering(details: Details, { text }: Tools): Words {
  const before = OPERATION_STATUSES.find((one) => one === details['before']);
  return [
    because(details, text),
    before === undefined ? undefined : text('auditEvents.was', { what: text(`operationStatus.${before}`) }),
  ];
}

const REASONS = ['selectionGrew', 'canaryAsks', 'cameBack', 'restored'] as const;

function because(details: Details, text: Text): string | undefined {
  const reason = REASONS.find((one) => one === details['because']);
  return reason === undefined ? undefined : text(`auditEvents.because.${reason}`);
}

/** The filter of an export of the audit record, by the names of its screen. */
function auditFilterWords(filter: Details, tools: Tools): string {
  const { text } = tools;
  const kinds = AUDIT_KINDS.filter((kind) => listOf(filter, 'kind').includes(kind)).map((kind) =>
    text(`audit.${kind}`),
  );
  const said = [
    ...(kinds.length === 0 ? [] : [text('auditEvents.fact', { what: text('filter.kind'), value: kinds.join(', ') })]),
    ...(['from', 'to'] as const).flatMap((name) => {
      const value = time(textOf(filter, name), tools);
      return value === undefined ? [] : [text('auditEvents.fact', { what: text(`common.${name}`), value })];
    }),
    ...TYPED.flatMap((name) => {
      const value = textOf(filter, name);
      return value === undefined ? [] : [text('auditEvents.fact', { what: text(`auditEvents.filter.${name}`), value })];
    }),
  ];
  return said.length === 0 ? text('auditEvents.noFilter') : said.join(', ');
}

function decision(details: Details, tools: Tools): Words {
  return [
    tools.text('auditEvents.total', { count: numberOf(details, 'total') ?? 0 }),
    quoted(textOf(details, 'reason'), tools),
  ];
}

/** Why an operation takes a second person. */
function causes(because: unknown, { text, locale }: Tools): string {
  return (Array.isArray(because) ? because : [])
    .map((cause: unknown) => {
      const { code, params } = isRecord(cause) ? cause : {};
      const { from, name } = isRecord(params) ? params : {};
      return code === 'deadQueue'
        ? text('approval.causes.deadQueue', { name: String(name) })
        : text('approval.causes.count', { from: formatNumber(Number(from), locale) });
    })
    .join('; ');
}

const OPTIONS = ['restoreCc', 'restoreExpiration', 'sendInexact', 'edited'] as const;

function operation(details: Details, tools: Tools): Words {
  const { text, locale } = tools;
  const action = ACTIONS.find((one) => one === details['action']);
  const selection = inner(details, 'selection');
  const count = numberOf(details, 'total') ?? numberOf(details, 'shown');
  const counted = (name: 'skipped', words: 'auditEvents.skipped') => {
    const many = numberOf(details, name);
    return many === undefined ? undefined : text(words, { count: many });
  };
  const limit = numberOf(details, 'limit');
  const canary = inner(details, 'canary');
  const stop = details['stopWhenCameBack'];
  const rate = numberOf(details, 'ratePerSecond');
  const startAt = time(textOf(details, 'startAt'), tools);
  return [
    action && text(`action.${action}`),
    count === undefined ? undefined : text('auditEvents.total', { count }),
    counted('skipped', 'auditEvents.skipped'),
    selection['filter'] === undefined
      ? undefined
      : (filterWords(inner(selection, 'filter'), tools) ?? text('auditEvents.noFilter')),
    target(inner(details, 'target'), tools),
    limit === undefined ? undefined : text('operations.limit', { count: limit }),
    canary['first'] === undefined
      ? undefined
      : text(canary['then'] === 'continue' ? 'operations.canaryContinue' : 'operations.canaryAsk', {
          first: Number(canary['first']),
          span: span(Number(canary['waitSeconds']) * 1000, locale),
        }),
    typeof stop === 'number' ? text('operations.stopWhenCameBack', { count: stop }) : undefined,
    rate === undefined ? undefined : text('operations.perSecond', { count: rate }),
    startAt === undefined ? undefined : text('auditEvents.fact', { what: text('operations.startAt'), value: startAt }),
    ...OPTIONS.map((option) => (details[option] === true ? text(`operations.${option}`) : undefined)),
    details['includePossibleDuplicates'] === true ? text('auditEvents.withDuplicates') : undefined,
    quoted(textOf(details, 'reason'), tools),
  ];
}

function target(given: Details, { text }: Tools): string | undefined {
  const { kind, exchange, routingKey } = given;
  if (kind === 'original') return text('operations.targetOriginal');
  if (kind === 'queue') return text('operations.targetQueue');
  if (kind !== 'custom') return undefined;
  return text('operations.targetCustom', {
    exchange: exchange === '' ? text('way.defaultExchange') : String(exchange),
    routingKey: String(routingKey),
  });
}
