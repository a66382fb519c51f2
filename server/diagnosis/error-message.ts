import { cutToBytes } from './bounded-text.ts';

/** A normalised message is no longer than this, in bytes. */
export const MAX_NORMALISED_BYTES = 1024;

/** Characters looked at. Many times the result's length, so that where the cut falls hardly ever shows in it. */
const MAX_INPUT_LENGTH = 16 * 1024;

/** Ranges instead of `\p{Script=Latin}`: every message passes here, and they are twice as fast. */
const LATIN = String.raw`a-z\u00c0-\u024f\u1e00-\u1eff\d_`;
/** Not inside a Latin word or number; Hangul may touch, as in `주문123번`. */
const START = `(?<![${LATIN}])`;
const END = `(?![${LATIN}])`;
const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}';
const TIME = String.raw`\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?: ?[ap]m)?`;
const ZONE = String.raw`(?: ?(?:z|utc|gmt|kst|jst|cet|cest|[a-z]{1,2}[ds]t|[+-]\d{2}:?\d{2})${END})?`;

/** Numbers that are the error itself and not the order it struck: status codes, vendors' error codes, keys of JSON. */
const CONSTANT = [
  String.raw`(?<=[{,]\s{0,4})["'][a-z_.-]{1,64}["'](?=\s{0,4}:)`,
  String.raw`["'${'`'}][1-5]\d\d [a-z][a-z ]{2,40}["'${'`'}]`,
  String.raw`${START}(?:http(?:\/\d(?:\.\d)?)?|(?:status|error|err|exit|reply|result|response)[ _-]?(?:code|status)|status|errno|상태 ?코드|응답 ?코드|오류 ?코드|에러 ?코드)["']?[\s:=([#]{0,4}(?:http\/\d(?:\.\d)? )?[a-z]{0,4}[-_]?\d{1,5}${END}`,
  String.raw`${START}sqlstate[\s:=([]{0,3}[0-9a-z]{5}${END}`,
  String.raw`${START}(?:ora|pls|tns|sql|err|error|msg|ts|cs)-?\d{3,6}${END}`,
];

/** What differs between two failures that are the same. Every repetition is bounded or cannot be matched two ways. */
const VARIABLE = [
  // Quoted values
  String.raw`${START}'[^'\n]{0,300}'${END}`,
  String.raw`"(?:[^"\\\n]|\\.){0,300}"`,
  '`[^`\\n]{0,300}`',
  '“[^”\\n]{0,300}”',
  '‘[^’\\n]{0,300}’',
  '«[^»\\n]{0,300}»',
  '「[^」\\n]{0,300}」',
  '『[^』\\n]{0,300}』',
  // URLs, e-mail addresses
  String.raw`${START}[a-z][a-z0-9+.-]{1,20}:\/\/[^\s"'<>)\]}]*[^\s"'<>)\]}.,;:!?]`,
  String.raw`(?<![\w.+%-])[\w.+%-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}`,
  // UUIDs
  String.raw`${START}[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}${END}`,
  // Signed tokens
  String.raw`${START}eyJ[\w-]{5,}(?:\.[\w-]+){0,4}`,
  // Dates and times
  String.raw`${START}\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:(?:t|,? )${TIME}${ZONE})?${END}`,
  String.raw`${START}\d{2,4}년 ?\d{1,2}월 ?\d{1,2}일(?: ?(?:오전|오후)? ?(?:\d{1,2}시(?: ?\d{1,2}분(?: ?\d{1,2}초)?)?|${TIME}))?`,
  String.raw`${START}(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?(?:${MONTH}\.? \d{1,2}(?:,? \d{4})?|\d{1,2}[ -]${MONTH}[ -]\d{2,4})(?:,? ${TIME})?${ZONE}(?: \d{4})?${END}`,
  String.raw`(?:오전|오후) ?${TIME}`,
  String.raw`${START}${TIME}${ZONE}${END}`,
  // IP addresses
  String.raw`${START}\d{1,3}(?:\.\d{1,3}){3}(?:[:/]\d{1,5})?${END}`,
  String.raw`(?<![\w:])(?=[:a-f]{0,8}\d)(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])`,
  // Paths
  String.raw`(?<![\p{L}\p{Nd}_.#])(?:~|\.{1,2})?(?:\/[^\s/'"<>|:;,()[\]{}?#]{1,255}){2,}\/?(?:\?[^\s'"<>()[\]{}]{1,255})?`,
  String.raw`${START}[a-z]:\\[^\s"'<>|:*?]{1,1024}`,
  String.raw`(?<![\p{L}\p{Nd}_\\])\\\\[^\s"'<>|:*?]{1,1024}`,
  // Hexadecimal: literals, object hashes, digests
  String.raw`${START}0x[0-9a-f]+`,
  String.raw`@[0-9a-f]{5,16}${END}`,
  String.raw`${START}(?=[a-f]{0,64}\d)[0-9a-f]{8,}${END}`,
  // The sign of a number, so that -5 is as good as 5
  String.raw`(?<![^\s(=:,[])[-+](?=\.?\d)`,
];

/** Words and numbers of Latin letters, digits and joining dashes; digits of other scripts for themselves. */
const TOKEN = String.raw`[a-z\u00c0-\u024f\u1e00-\u1eff\d]+(?:[-_][a-z\u00c0-\u024f\u1e00-\u1eff\d]+)*|\p{Nd}+`;

const PARTS = new RegExp(`(${CONSTANT.join('|')})|(${VARIABLE.join('|')})|(${TOKEN})`, 'giu');

/** Placeholders in a row or joined by punctuation are one: lists of any length, versions, amounts, phone numbers. */
const JOINED = /#(?:(?:[-._:/,+*@]|, | - | ~ )?#)+/g;

/** Korean particles follow the sound of the last digit: 3은, 2는. One of each pair stands for both. */
const PARTICLES: readonly [RegExp, string][] = [
  [/#는(?![가-힣])/g, '#은'],
  [/#가(?![가-힣])/g, '#이'],
  [/#를(?![가-힣])/g, '#을'],
  [/#와(?![가-힣])/g, '#과'],
  [/#으로(?![가-힣])/g, '#로'],
];

/**
 * An error message with its variable parts replaced by `#`: numbers, ids, dates and times, hexadecimal, UUIDs, quoted
 * values, paths, e-mail addresses, URLs, IP addresses, order IDs (`ORD-20261122-000123` → `ORD-#`). Status and vendor
 * codes stay: a 404 and a 503 are different failures. White space is single; at most `MAX_NORMALISED_BYTES`. The same
 * text gives the same result everywhere. Time is linear in a bounded part of the text.
 */
export function normaliseErrorMessage(text: string): string {
  const masked = text
    .slice(0, MAX_INPUT_LENGTH)
    .replace(PARTS, (match: string, constant?: string, variable?: string, token?: string) => {
      if (constant !== undefined) return constant;
      if (variable === '-' || variable === '+') return '';
      return token === undefined ? '#' : maskToken(match);
    })
    .replace(JOINED, '#')
    .replace(/\s+/g, ' ')
    .trim();
  const unified = PARTICLES.reduce((result, [pattern, replacement]) => result.replace(pattern, replacement), masked);
  return cutToBytes(unified, MAX_NORMALISED_BYTES);
}

/** `ORD-20261122-000123` → `ORD-#-#`, `worker12` → `worker#`, `order-worker-7d9f8b6c5-x2k4j` → `order-worker-#`. */
function maskToken(token: string): string {
  if (!/\p{Nd}/u.test(token)) return token;
  let masked = '';
  for (const part of token.split(/(?=[-_])/)) {
    // Letters between digits: a random id, and so is what is joined to it.
    if (/\p{Nd}\p{L}+\p{Nd}/u.test(part)) return `${masked}${/^[-_]/.exec(part)?.[0] ?? ''}#`;
    masked += part.replace(/\p{Nd}+/gu, '#');
  }
  return masked;
}
