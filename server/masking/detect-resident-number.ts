import { MASK } from '../contract/masking.ts';

import type { Span } from './spans.ts';

/** Not within a longer number. */
const NUMBER = /(?<!\d)(\d{6})( ?[-–] ?)?([1-8])\d{6}(?!\d)/g;

/**
 * Korean resident registration numbers, those of foreigners (5 to 8) too: YYMMDD-NXXXXXX with a date that there was.
 * The check digit is not asked: numbers given since October 2020 have none. Without the hyphen other numbers of 13
 * digits look alike; those are taken for one as well, unless they are a value of a business key.
 */
export function findResidentNumbers(text: string): Span[] {
  return [...text.matchAll(NUMBER)]
    .filter(([, date = '', , century = '']) => isDate(date, century))
    .map((match) => ({ start: match.index, end: match.index + match[0].length, mask: MASK }));
}

function isDate(yymmdd: string, century: string): boolean {
  const [year, month, day] = [0, 2, 4].map((at) => Number(yymmdd.slice(at, at + 2)));
  if (year === undefined || month === undefined || day === undefined) return false;
  // 1, 2, 5, 6: born 1900 to 1999; 3, 4, 7, 8: since 2000.
  const full = ('1256'.includes(century) ? 1900 : 2000) + year;
  const date = new Date(Date.UTC(full, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && +date <= Date.now() + 86_400_000;
}
