import type { Span } from './spans.ts';

/** Digits in groups, joined by one separator each: no two ways to match, so the time is linear. */
const RUN = /\d+(?:[ .\u00a0-]\d+)*/g;
const FEWEST = 13;
const MOST = 19;
/** People write four or five; digits one by one are no card. */
const MOST_GROUPS = 7;

/** Which lengths an issuer's numbers have, by how they begin. ISO/IEC 7812; the issuers' published ranges. */
const ISSUERS: readonly [RegExp, readonly number[]][] = [
  // Visa
  [/^4/, [13, 16, 19]],
  // Mastercard
  [/^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, [16]],
  // American Express
  [/^3[47]/, [15]],
  // Diners Club
  [/^3(?:0[0-5]|095|[689])/, [14, 16, 19]],
  // Discover
  [/^6(?:011|4[4-9]|5)/, [16, 19]],
  // JCB
  [/^35(?:2[89]|[3-8])/, [16, 19]],
  // UnionPay
  [/^62/, [16, 17, 18, 19]],
  // Maestro
  [/^(?:5018|5020|5038|5893|6304|6759|676[1-3])/, [13, 14, 15, 16, 17, 18, 19]],
  // Cards for use in Korea alone
  [/^9[2-9]/, [16]],
];

/** Numbers of payment cards: 13 to 19 digits, in groups or not, of a known issuer, with a right check digit. */
export function findCards(text: string): Span[] {
  const found: Span[] = [];
  for (const run of text.matchAll(RUN)) {
    if (run[0].length < FEWEST) continue;
    const groups = [...run[0].matchAll(/\d+/g)];
    for (let first = 0; first < groups.length; first += 1) {
      // No issuer begins with another digit.
      if (!/^[234569]/.test(groups[first]?.[0] ?? '')) continue;
      const last = lastGroup(groups, first);
      if (last === null) continue;
      const start = run.index + (groups[first]?.index ?? 0);
      const end = run.index + last.end;
      found.push({ start, end, mask: `•••• ${last.digits.slice(-4)}` });
      first = last.index;
    }
  }
  return found;
}

/** The longest card that begins with a group: which group ends it. */
function lastGroup(
  groups: readonly RegExpExecArray[],
  first: number,
): { index: number; end: number; digits: string } | null {
  let digits = '';
  let longest: { index: number; end: number; digits: string } | null = null;
  for (let index = first; index < first + MOST_GROUPS; index += 1) {
    const group = groups[index];
    if (group === undefined || digits.length > MOST) break;
    digits += group[0];
    if (digits.length >= FEWEST && isCard(digits)) longest = { index, end: group.index + group[0].length, digits };
  }
  return longest;
}

/** Whether these digits are the number of a card. */
export function isCard(digits: string): boolean {
  if (digits.length < FEWEST || digits.length > MOST) return false;
  return (
    hasCheckDigit(digits) && ISSUERS.some(([begin, lengths]) => lengths.includes(digits.length) && begin.test(digits))
  );
}

/** By the formula of Luhn. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let fromEnd = 0; fromEnd < digits.length; fromEnd += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - fromEnd) - 48;
    const counted = fromEnd % 2 === 0 ? digit : digit * 2;
    sum += counted > 9 ? counted - 9 : counted;
  }
  return sum % 10 === 0;
}
