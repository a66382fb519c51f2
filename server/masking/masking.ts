import { MASK, type HiddenBecause } from '../contract/masking.ts';
import type { MaskedCount } from '../contract/schemas/masking.ts';

import type { HeaderTable, MessageProperties } from '../contract/wire.ts';

import type { CompiledRules } from './compile-rules.ts';
import type { Span } from './spans.ts';

/** Values of masked keys that are shorter stand by chance in any text: they are masked only where they stand alone. */
const SHORT_SECRET = 6;
/** So long may the rules work on one message, in ms; what is not done by then is hidden whole. */
const WITHIN_MS = 1_000;
/** Looking at the clock costs as much as a short text: it is looked at once for so many of them. */
const TEXTS_A_LOOK = 32;
const LONG_TEXT = 4_096;
/** `010-1234-5678.010-1234-5678`: the second is seen when the first is masked. Of more in a row nothing is shown. */
const MOST_LOOKS = 8;

/** The rules took longer over something than they may. */
export class TooMuchWork extends Error {}

/** The business keys of a message: name → values. */
export type Keys = Readonly<Record<string, readonly string[]>>;

/** Finds the business keys of a message that has none on record. */
export type ReadKeys = (message: { properties: MessageProperties; headers: HeaderTable; body: Buffer }) => Keys;

/** The masking of one message, or of one thing that is shown: it counts what it masks. */
export class Masking {
  readonly rules: CompiledRules;
  /** Values of keys that are shown: a number among them is no card. */
  readonly #shown: readonly string[];
  /** Values of masked keys, each with its rule: masked wherever else in the message they stand. */
  readonly #secrets: readonly { value: string; rule: string }[];
  readonly #by = new Set<string>();
  #until = performance.now() + WITHIN_MS;
  #texts = 0;
  #overdue = false;
  #count = 0;
  #hiddenBody: HiddenBecause | null = null;

  constructor(rules: CompiledRules, keys: Keys = {}) {
    this.rules = rules;
    const values = Object.entries(keys).flatMap(([name, list]) => list.map((value) => ({ name, value })));
    this.#shown = values.filter(({ name }) => !rules.keys.has(name)).map(({ value }) => value);
    this.#secrets = values.flatMap(({ name, value }) => {
      const rule = rules.keys.get(name);
      return rule === undefined || value === '' ? [] : [{ value, rule }];
    });
  }

  get summary(): MaskedCount {
    return { count: this.#count, rules: [...this.#by], body: this.#hiddenBody };
  }

  /** Whether anything looks into bodies at all. */
  get looksIntoBodies(): boolean {
    const { texts, paths, notUnderstood } = this.rules;
    return notUnderstood || texts.length > 0 || paths.length > 0 || this.#secrets.length > 0;
  }

  /** In place of a whole value; the rule is '' where it is not one of them that hides it. */
  hide(rule: string): string {
    this.#count += 1;
    if (rule !== '') this.#by.add(rule);
    return MASK;
  }

  hideBody(because: HiddenBecause): void {
    this.#count += 1;
    this.#hiddenBody = because;
  }

  /**
   * A text with what the rules find in it masked; the same text where they find nothing. Where they took longer over
   * the message than they may, nothing of it.
   */
  text(text: string): string {
    if (text === '') return text;
    if (this.rules.notUnderstood) return this.hide('');
    let masked = text;
    for (let look = 0; look < MOST_LOOKS; look += 1) {
      const spans = this.#spansOf(masked, look > 0);
      if (this.isOverdue) return this.hide('');
      if (spans.length === 0) return masked;
      masked = maskSpans(masked, spans);
    }
    return this.hide('');
  }

  /** Likewise for what may be absent. */
  optional<T extends string | null | undefined>(text: T): T | string {
    return typeof text === 'string' ? this.text(text) : text;
  }

  /** A number of JSON or a header as it is written: masked as a whole, or not at all. */
  isMaskedNumber(written: string): boolean {
    if (this.rules.notUnderstood) return true;
    const isShown = this.#shown.includes(written);
    const rule =
      this.rules.texts.find(({ isNumber, byChance }) => !(byChance && isShown) && isNumber(written))?.rule ??
      this.#secrets.find(({ value }) => value === written)?.rule;
    if (rule === undefined) return false;
    this.hide(rule);
    return true;
  }

  /** The rule that masks a header or property of this name. */
  ruleOfHeader(name: string): string | undefined {
    return this.rules.headers.find((header) => header.matches(name))?.rule;
  }

  /** One value of a business key. */
  keyValue(name: string, value: string): string {
    const rule = this.rules.keys.get(name);
    return rule === undefined ? this.text(value) : this.hide(rule);
  }

  keys(keys: Keys): Record<string, string[]> {
    return Object.fromEntries(
      Object.entries(keys).map(([name, values]) => [
        name,
        [...new Set(values.map((value) => this.keyValue(name, value)))],
      ]),
    );
  }

  /** Whether the rules took longer than they may. */
  get isOverdue(): boolean {
    this.#texts += 1;
    return this.#texts % TEXTS_A_LOOK === 0 ? this.#look() : this.#overdue;
  }

  #look(): boolean {
    this.#overdue ||= performance.now() > this.#until;
    return this.#overdue;
  }

  /** @throws TooMuchWork once the time is over. */
  checkTime(): void {
    if (this.isOverdue) throw new TooMuchWork();
  }

  /** After waiting for something else: that is no work of the rules. */
  restartTime(): void {
    this.#overdue = false;
    this.#until = performance.now() + WITHIN_MS;
  }

  #spansOf(text: string, isAgain: boolean): Span[] {
    const spans: Span[] = [];
    for (const { find, shortest, longest, byChance, again, rule } of this.rules.texts) {
      if (text.length < shortest || (isAgain && !again)) continue;
      if (text.length > longest) {
        this.#overdue = true;
        return spans;
      }
      const found = find(text);
      for (const span of found) {
        if (byChance && this.#isShownKey(text, span)) continue;
        spans.push(span);
        this.#by.add(rule);
      }
      if (text.length > LONG_TEXT && this.#look()) return spans;
    }
    for (const { value, rule } of isAgain ? [] : this.#secrets) {
      for (let at = text.indexOf(value); at !== -1; at = text.indexOf(value, at + value.length)) {
        const end = at + value.length;
        if (value.length < SHORT_SECRET && !standsAlone(text, at, end)) continue;
        spans.push({ start: at, end, mask: MASK });
        this.#by.add(rule);
      }
    }
    this.#count += spans.length;
    return spans;
  }

  /** Whether a piece of a text lies within a value of a key that is shown. */
  #isShownKey(text: string, { start, end }: Span): boolean {
    return this.#shown.some((value) => {
      if (value.length < end - start) return false;
      const at = text.indexOf(value, Math.max(0, end - value.length));
      return at !== -1 && at <= start;
    });
  }
}

function standsAlone(text: string, start: number, end: number): boolean {
  return !/[\p{L}\p{N}]/u.test(text.charAt(start - 1)) && !/[\p{L}\p{N}]/u.test(text.charAt(end));
}

/** Pieces that overlap become one mask. */
function maskSpans(text: string, spans: Span[]): string {
  spans.sort((one, other) => one.start - other.start || other.end - one.end);
  let masked = '';
  let behind = 0;
  for (let index = 0; index < spans.length; index += 1) {
    const first = spans[index];
    if (first === undefined) break;
    let { end, mask } = first;
    for (let next = spans[index + 1]; next !== undefined && next.start < end; next = spans[index + 1]) {
      if (next.end > end) {
        end = next.end;
        mask = MASK;
      }
      index += 1;
    }
    masked += text.slice(behind, first.start) + mask;
    behind = end;
  }
  return masked + text.slice(behind);
}
