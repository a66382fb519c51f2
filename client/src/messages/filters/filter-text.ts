import { FAILURE_REASONS } from '../../../../server/contract/messages.ts';
import { OUTCOMES } from '../../../../server/contract/operations.ts';
import { relativeSpan, type MessageFilterName } from '../message-list-spec.ts';

/** The words by which filters are typed: the first of a filter is the one that is offered. English and Korean. */
const WORDS: Readonly<Record<MessageFilterName, readonly string[]>> = {
  orderId: ['order', 'orderid', '주문', '주문번호'],
  queue: ['queue', '큐'],
  deadQueue: ['dead', 'deadqueue', 'dead-queue', '데드큐'],
  errorType: ['error', 'errortype', 'type', '오류', '에러'],
  text: ['text', 'message', '내용'],
  reason: ['reason', '사유'],
  failedAfter: ['after', 'since', 'failedafter', '이후'],
  failedBefore: ['before', 'until', 'failedbefore', '이전'],
  exchange: ['exchange'],
  routingKey: ['key', 'routing', 'routingkey', 'routing-key', '라우팅키'],
  framework: ['framework', '프레임워크'],
  groupId: ['group', 'groupid', '그룹'],
  messageId: ['messageid', 'message-id', '메시지id'],
  correlationId: ['correlation', 'correlationid', 'correlation-id'],
  minFailureCount: ['deaths', 'minfailurecount', '실패횟수'],
  possibleDuplicate: ['duplicate', 'possibleduplicate', '중복'],
  operationId: ['operation', 'operationid', '작업'],
  outcome: ['outcome', '결과'],
  id: ['id', 'number', '번호'],
};

const NAMES = Object.keys(WORDS) as MessageFilterName[];
const BY_WORD = new Map(NAMES.flatMap((name) => WORDS[name].map((word) => [word, name] as const)));
/** Of which a second value replaces the first. */
const SINGLE = new Set<MessageFilterName>([
  'text',
  'failedAfter',
  'failedBefore',
  'minFailureCount',
  'possibleDuplicate',
  'operationId',
]);

export function isSingle(name: MessageFilterName): boolean {
  return SINGLE.has(name);
}

/** The words to offer, in the order of the chips; those that only come by links are left out. */
export const OFFERED_WORDS = NAMES.filter((name) => name !== 'framework' && name !== 'outcome').map((name) => ({
  name,
  word: WORDS[name][0] ?? name,
  /** All that are understood. */
  words: WORDS[name],
}));

/** The filter that a word stands for. */
export function filterOfWord(word: string): MessageFilterName | undefined {
  return BY_WORD.get(word.toLowerCase());
}

/** What was typed and is no filter: why, and what was meant perhaps. */
export type FilterTextFault =
  | { kind: 'unknownField'; field: string; meant: string | undefined }
  | { kind: 'noValue'; field: string }
  | { kind: 'badValue'; name: MessageFilterName; field: string; value: string };

export interface ParsedFilterText {
  changes: Partial<Record<MessageFilterName, readonly string[]>>;
  faults: FilterTextFault[];
}

/**
 * `queue:orders.cancel error:TimeoutError after:-2h timed out`: fields become filters, a repeated one several values,
 * and words without a field are words of the error. A value with spaces stands in quotes. `now` is for clock times.
 */
export function parseFilterText(typed: string, now: Date): ParsedFilterText {
  const changes: Partial<Record<MessageFilterName, string[]>> = {};
  const faults: FilterTextFault[] = [];
  const words: string[] = [];
  for (const { field, value } of tokens(typed)) {
    if (field === undefined) {
      words.push(value);
      continue;
    }
    const name = filterOfWord(field);
    if (name === undefined) faults.push({ kind: 'unknownField', field, meant: nearest(field.toLowerCase()) });
    else if (value === '') faults.push({ kind: 'noValue', field });
    else {
      const taken = valueOf(name, value, now);
      if (taken === undefined) faults.push({ kind: 'badValue', name, field, value });
      else changes[name] = SINGLE.has(name) ? [taken] : [...new Set([...(changes[name] ?? []), taken])];
    }
  }
  if (words.length > 0) changes.text = [[...(changes.text ?? []), ...words].join(' ')];
  return { changes, faults };
}

interface Token {
  field: string | undefined;
  value: string;
}

/** A colon makes a field only behind letters: `12:30` and `http://…` are words. */
function tokens(typed: string): Token[] {
  return [...typed.matchAll(/(\p{L}[\p{L}-]*):(?=\s|$)|(?:(\p{L}[\p{L}-]*):(?!\/\/))?(?:"([^"]*)"?|(\S+))/gu)].map(
    ([, empty, field, quoted, bare]) => ({ field: field ?? empty, value: quoted ?? bare ?? '' }),
  );
}

/** The value as the address holds it; undefined where it cannot be one. */
function valueOf(name: MessageFilterName, value: string, now: Date): string | undefined {
  switch (name) {
    case 'failedAfter':
    case 'failedBefore':
      return timeOf(value, now);
    case 'minFailureCount':
      return /^[1-9]\d{0,6}$/.test(value) ? value : undefined;
    case 'groupId':
    case 'operationId':
    case 'id':
      return /^[1-9]\d{0,18}$/.test(value) ? value : undefined;
    case 'possibleDuplicate':
      return /^(true|yes|예)$/i.test(value) ? 'true' : /^(false|no|아니요)$/i.test(value) ? 'false' : undefined;
    case 'reason':
      return FAILURE_REASONS.find((reason) => reason === value.toLowerCase());
    case 'outcome':
      return OUTCOMES.find((outcome) => outcome === value.toLowerCase());
    default:
      return value;
  }
}

/** A span back from now (`-2h`, `2h`), a clock time of today (`03:10`), a day, or a time; in local time without a zone. */
function timeOf(value: string, now: Date): string | undefined {
  const span = /^\d/.test(value) ? `-${value}` : value;
  if (relativeSpan(span)) return span;
  const clock = /^(\d{1,2}):(\d{2})$/.exec(value);
  if (clock) {
    const at = new Date(now);
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    return Number(clock[1]) < 24 && Number(clock[2]) < 60 ? at.toISOString() : undefined;
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(value)) return undefined;
  // A day alone would be UTC's.
  const at = new Date(value.length === 10 ? `${value}T00:00` : value);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The known word that differs by the fewest letters, if it is few. */
function nearest(field: string): string | undefined {
  const ranked = [...BY_WORD.keys()]
    .map((word) => ({ word, distance: word.startsWith(field) ? 0 : distance(word, field) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= Math.max(1, Math.floor(field.length / 3)) ? best.word : undefined;
}

/** Letters to add, drop or change. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      next[j] = Math.min(
        (next[j - 1] ?? 0) + 1,
        (row[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1),
      );
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

/** A value as it is typed: in quotes where it has spaces. */
export function typedValue(value: string): string {
  return /\s/.test(value) ? `"${value}"` : value;
}
