import { ROLES } from '../../../server/contract/access.ts';
import { WHEN_AWAY } from '../../../server/contract/dead-queues.ts';
import { GROUP_STATES } from '../../../server/contract/groups.ts';
import type { MessageFilter } from '../../../server/contract/schemas/messages.ts';
import type { Text } from '../i18n/use-text.ts';
import { readAddress } from '../list/list-address.ts';
import type { FilterWords } from '../messages/filters/use-filter-words.ts';
import { MESSAGE_FILTER_NAMES, MESSAGE_LIST } from '../messages/message-list-spec.ts';
import { formatNumber } from '../show/numbers.ts';
import { shortTime } from '../show/times.ts';

/** What the words are made with. */
export interface Tools {
  text: Text;
  locale: string;
  filters: FilterWords;
}

export type Details = Readonly<Record<string, unknown>>;

/** A text of somebody's own is not longer than this in the list. */
const LONGEST = 200;

export function isRecord(value: unknown): value is Details {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A field that is itself an object; empty where there is none. */
export function inner(details: Details, name: string): Details {
  const value = details[name];
  return isRecord(value) ? value : {};
}

export function textOf(details: Details, name: string): string | undefined {
  const value = details[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What is 0 goes without saying. */
export function numberOf(details: Details, name: string): number | undefined {
  const value = details[name];
  return typeof value === 'number' && value !== 0 ? value : undefined;
}

export function listOf(details: Details, name: string): string[] {
  const value = details[name];
  return Array.isArray(value) ? value.map(String) : [];
}

export function quoted(value: string | undefined, { text }: Tools): string | undefined {
  if (value === undefined) return undefined;
  return text('timeline.quote', { text: value.length > LONGEST ? `${value.slice(0, LONGEST)} …` : value });
}

export function time(value: string | undefined, { locale }: Tools): string | undefined {
  return value === undefined || Number.isNaN(Date.parse(value))
    ? undefined
    : shortTime(new Date(value), new Date(), locale);
}

/** `what: before → after`; without a before the value alone, and nothing at all where both are the same. */
export function change(what: string, before: string | undefined, after: string, { text }: Tools): string | undefined {
  if (before === after) return undefined;
  return before === undefined
    ? text('auditEvents.fact', { what, value: after })
    : text('auditEvents.change', { what, before, after });
}

/** A filter as the list of messages says it; undefined for the empty one. */
export function filterWords(filter: Details, { filters }: Tools): string | undefined {
  const said = ([...MESSAGE_FILTER_NAMES, ...OTHER_FILTERS] as const).flatMap((name) => {
    const value = filter[name];
    const values = (Array.isArray(value) ? value : [value]).filter((one) => one !== undefined && one !== null);
    if (values.length === 0) return [];
    return [`${filters.name(name)}: ${values.map((one) => filters.value(name, String(one))).join(', ')}`];
  });
  return said.length === 0 ? undefined : said.join(', ');
}

const OTHER_FILTERS = [
  'status',
  'broker',
  'key',
  'capturedAfter',
  'capturedBefore',
] as const satisfies (keyof MessageFilter)[];

/** The address of a saved view, in the same words. */
export function viewWords(address: string | undefined, tools: Tools): string | undefined {
  if (address === undefined) return undefined;
  return (
    filterWords(readAddress(new URLSearchParams(address), MESSAGE_LIST).filter, tools) ??
    tools.text('auditEvents.noFilter')
  );
}

/** The role of a user; undefined where it is not said. */
export function roleWords(user: Details, text: Text): string | undefined {
  const role = ROLES.find((one) => one === user['role']);
  return role && text(`role.${role}`);
}

/** The dead queues of a user. */
export function scopeWords(user: Details, text: Text): string {
  const patterns = listOf(user, 'scope');
  return patterns.length === 0 ? text('users.everything') : patterns.join(', ');
}

const GROUP_FIELDS = ['assignee', 'note', 'trackerUrl'] as const;

/** What a person decided anew about a group. */
export function groupChanges(before: Details, after: Details, tools: Tools): (string | undefined)[] {
  const { text } = tools;
  const state = (group: Details) => {
    const known = GROUP_STATES.find((one) => one === group['state']);
    const until = known === 'snoozed' ? time(textOf(group, 'snoozedUntil'), tools) : undefined;
    if (until !== undefined) return text('auditEvents.snoozedUntil', { time: until });
    return known === undefined ? undefined : text(`groupState.${known}`);
  };
  const none = { assignee: 'groups.nobody', note: 'auditEvents.none', trackerUrl: 'auditEvents.none' } as const;
  return [
    change(text('column.status'), state(before), state(after) ?? '', tools),
    ...GROUP_FIELDS.map((field) => {
      const say = (group: Details) => {
        const value = textOf(group, field);
        if (value === undefined) return text(none[field]);
        return field === 'note' ? quoted(value, tools) : value;
      };
      return change(text(`groups.${field}`), say(before), say(after) ?? '', tools);
    }),
  ];
}

/** The settings of a dead queue, as far as they are others than before. */
export function queueSettings(settings: Details, before: Details, tools: Tools): (string | undefined)[] {
  const { text, locale } = tools;
  const flag = (value: unknown) => text(value === true ? 'common.yes' : 'common.no');
  const say = {
    watched: flag,
    prefetch: (value: unknown) =>
      typeof value === 'number' ? formatNumber(value, locale) : text('deadQueues.default'),
    stripHeaders: (value: unknown) =>
      Array.isArray(value) && value.length > 0 ? value.map(String).join(', ') : text('auditEvents.none'),
    addHeader: flag,
    whenDatabaseAway: (value: unknown) => text(`whenAway.${WHEN_AWAY.find((one) => one === value) ?? 'hold'}`),
  };
  const labels = {
    watched: 'deadQueues.watched',
    prefetch: 'deadQueues.prefetch',
    stripHeaders: 'deadQueues.stripHeaders',
    addHeader: 'deadQueues.addHeader',
    whenDatabaseAway: 'deadQueues.whenAway',
  } as const;
  return (Object.keys(say) as (keyof typeof say)[])
    .filter((field) => settings[field] !== undefined)
    .map((field) =>
      change(
        text(labels[field]),
        before[field] === undefined ? undefined : say[field](before[field]),
        say[field](settings[field]),
        tools,
      ),
    );
}

const NUMBERS = ['reasonRequiredFrom', 'contentsKeptDays', 'recordsKeptDays'] as const;

/** The runtime switches that were changed. */
export function settingChanges(details: Details, tools: Tools): (string | undefined)[] {
  const { text, locale } = tools;
  const before = inner(details, 'before');
  const say = (value: unknown) => (typeof value === 'number' ? formatNumber(value, locale) : text('auditEvents.none'));
  const frozen = details['resendsFrozen'];
  return [
    ...(frozen === undefined
      ? []
      : frozen === null
        ? [text('auditEvents.thawed')]
        : [text('auditEvents.frozen'), quoted(textOf(inner(details, 'resendsFrozen'), 'reason'), tools)]),
    ...NUMBERS.filter((field) => details[field] !== undefined).map((field) =>
      change(
        text(`settings.${field}`),
        before[field] === undefined ? undefined : say(before[field]),
        say(details[field]),
        tools,
      ),
    ),
  ];
}
