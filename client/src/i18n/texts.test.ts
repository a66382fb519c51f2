import { describe, expect, it } from 'vitest';

import { en } from './en.ts';
import { frameworkEn } from './framework-en.ts';
import { frameworkKo } from './framework-ko.ts';
import { ko } from './ko.ts';
import { preferredLocale } from './locales.ts';

function flat(tree: object, prefix = ''): [string, string][] {
  return Object.entries(tree).flatMap<[string, string]>(([key, value]: [string, unknown]) =>
    typeof value === 'string' ? [[prefix + key, value]] : flat(value as object, `${prefix}${key}.`),
  );
}
const placeholders = (text: string) => [...new Set(text.match(/%\{\w+\}/g) ?? [])].sort();

const english = new Map(flat(en));
const korean = new Map(flat(ko));

describe('The texts', () => {
  it('are there in both languages under the same keys, and none is empty', () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
    for (const [key, text] of [...english, ...korean]) expect(text.trim(), key).not.toBe('');
  });

  it('fill in the same values in both languages', () => {
    // Korean may say the count where English has it only in the plural, and leave out one that the sentence implies.
    for (const [key, text] of english) {
      const allowed = [...placeholders(text), '%{n}', ...(key.startsWith('headline.') ? ['%{times}'] : [])];
      for (const placeholder of placeholders(korean.get(key) ?? '')) expect(allowed, key).toContain(placeholder);
      for (const placeholder of placeholders(text)) {
        if (placeholder !== '%{n}') expect(korean.get(key), key).toContain(placeholder);
      }
    }
  });

  it('have no plural forms in Korean, and at most two in English', () => {
    for (const [key, text] of korean) expect(text, key).not.toContain('||||');
    for (const [key, text] of english) expect(text.split('||||').length, key).toBeLessThanOrEqual(2);
  });

  it('call it "resend" and never by another word', () => {
    for (const [key, text] of [...english, ...flat(frameworkEn)]) {
      expect(text, key).not.toMatch(/\b(retry|replay|requeue|redrive)\b/i);
      expect(text, key).not.toMatch(/oops|an error occurred/i);
    }
  });

  it('use the words of the desk in Korean', () => {
    expect(ko.action.resend).toBe('재전송');
    expect(ko.status).toMatchObject({
      pending: '대기',
      settled: '정상 종료',
      unknown: '결과 불명',
      handled: '수동 처리됨',
    });
    expect(ko.outcome).toMatchObject({ unroutable: '라우팅 불가', refused: '거부됨', skipped: '건너뜀' });
  });

  it('cover what react-admin itself says, in both languages', () => {
    expect(flat(frameworkKo).map(([key]) => key)).toEqual(
      expect.arrayContaining(flat(frameworkEn).map(([key]) => key)),
    );
  });
});

describe('The language', () => {
  it('is the one chosen before, else the first of the browser that we have, else English', () => {
    expect(preferredLocale('ko', ['en-US'])).toBe('ko');
    expect(preferredLocale(undefined, ['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(preferredLocale('xx', ['fr-FR'])).toBe('en');
  });
});
