import { FAILURE_REASONS } from '../../../../server/contract/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import type { MessageFilterName } from '../message-list-spec.ts';
import { TIME_PRESETS } from './filter-fields.ts';
import { filterOfWord, OFFERED_WORDS, typedValue } from './filter-text.ts';
import { useFilterValues } from './listed-fields.ts';
import { useFilterWords } from './use-filter-words.ts';

/** One way to go on with what is typed. */
export interface Completion {
  label: string;
  /** The whole text with the completion in it. */
  typed: string;
  /** A filter is complete with it: it can be applied. */
  isWhole: boolean;
  hint?: string;
  failures?: number | null;
}

/** What the last part of the text can become: fields while it has no colon, values behind one. */
export function useFilterCompletions(typed: string, isOpen: boolean): readonly Completion[] {
  const text = useText();
  const words = useFilterWords();
  const { before, field, part } = lastPart(typed);
  const name = field === undefined ? undefined : filterOfWord(field);
  const listed = useFilterValues(isOpen ? name : undefined, part);

  if (field !== undefined) {
    const complete = (value: string) => `${before}${field}:${typedValue(value)} `;
    if (name === undefined) return [];
    if (listed) {
      return listed.data.map(({ value, failures }) => ({
        label: value,
        typed: complete(value),
        isWhole: true,
        failures,
      }));
    }
    return choices(name)
      .filter((value) => value.startsWith(part))
      .map((value) => ({ label: value, typed: complete(value), isWhole: true, hint: words.value(name, value) }));
  }
  const fields = OFFERED_WORDS.flatMap(({ name: offered, words: known }) => {
    const word = known.find((one) => one.startsWith(part.toLowerCase()));
    if (word === undefined) return [];
    return [{ label: `${word}:`, typed: `${before}${word}:`, isWhole: false, hint: words.name(offered) }];
  });
  if (!/\d/.test(part)) return fields;
  // What has a number in it is an order more often than a word of an error.
  return [
    { label: part, typed: `${before}order:${typedValue(part)} `, isWhole: true, hint: words.name('orderId') },
    { label: part, typed: `${before}text:${typedValue(part)} `, isWhole: true, hint: text('filter.text') },
    ...fields,
  ];
}

function choices(name: MessageFilterName): readonly string[] {
  if (name === 'reason') return FAILURE_REASONS;
  if (name === 'failedAfter') return TIME_PRESETS;
  return name === 'possibleDuplicate' ? ['true', 'false'] : [];
}

function lastPart(typed: string): { before: string; field: string | undefined; part: string } {
  const [last = ''] = /(?:\p{L}[\p{L}-]*:)?(?:"[^"]*"?|\S*)$/u.exec(typed) ?? [];
  const before = typed.slice(0, typed.length - last.length);
  const [, field, part = ''] = /^(\p{L}[\p{L}-]*):"?([^"]*)"?$/u.exec(last) ?? [];
  return field === undefined ? { before, field, part: last } : { before, field, part };
}
