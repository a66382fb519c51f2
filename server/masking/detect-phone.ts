import { MASK } from '../contract/masking.ts';

import type { Span } from './spans.ts';

const SEPARATOR = String.raw`(?: ?[-–.)] ?| )`;
/** Not within a longer number, nor a later part of one. */
const START = String.raw`(?<!\d)(?<!\d[.-])(?<!\+)`;

/**
 * Every repetition is bounded. In order: Korean mobile numbers; Korean land lines, internet and personal numbers, with
 * separators; international numbers (E.164), with the country's code.
 */
const NUMBERS = new RegExp(
  [
    String.raw`${START}\(?01(?:0${SEPARATOR}?\d|[16789]${SEPARATOR}?\d?)\d{3}${SEPARATOR}?\d{4}(?!\d)`,
    String.raw`${START}\(?0(?:2|[3-6]\d|70|50\d)${SEPARATOR}\d{3,4}${SEPARATOR}\d{4}(?!\d)`,
    String.raw`(?<![\d+])\+[1-9]\d{0,2}(?:[ .()-]{0,2}\d){6,14}(?!\d)`,
  ].join('|'),
  'g',
);
/** Without separators a land line is told from other numbers only where it is all there is. */
const WHOLE = /^\s*0(?:2\d{7,8}|[3-6]\d{8,9}|70\d{8}|50\d{9})\s*$/;
/** What is no telephone number although it begins with a sign: offsets and years are too short, but sums are not. */
const FEWEST_DIGITS = 8;

/** Telephone numbers: Korean ones, and those with a country's code. */
export function findPhones(text: string): Span[] {
  if (!/[0+]/.test(text)) return [];
  if (WHOLE.test(text)) return [{ start: 0, end: text.length, mask: MASK }];
  return [...text.matchAll(NUMBERS)]
    .filter(([match]) => match.replace(/\D/g, '').length >= FEWEST_DIGITS)
    .map((match) => ({ start: match.index, end: match.index + match[0].length, mask: MASK }));
}
