import { MASK } from '../contract/masking.ts';

import type { Span } from './spans.ts';

/** The sign, also as it stands in addresses of pages. */
const AT = /@|%40/gi;
/** The other signs that an address may have in theory stand around it in practice: `to=kim@example.com`. */
const LOCAL = /[\p{L}\p{N}\p{M}.'+_~-]/u;
const DOMAIN = /(?:[\p{L}\p{N}-]{1,63}\.){1,8}[\p{L}\p{N}-]{2,63}/uy;
/** What may stand before an address without being part of it, although it could be. */
const NOT_FIRST = /^[.'~-]+/;

/** E-mail addresses. From each `@` outwards, so that no text makes it look at a character more than a few times. */
export function findEmails(text: string): Span[] {
  const found: Span[] = [];
  let behind = 0;
  for (const at of text.matchAll(AT)) {
    const afterAt = at.index + at[0].length;
    DOMAIN.lastIndex = afterAt;
    const domain = DOMAIN.exec(text)?.[0];
    // The last part of a domain is no number: lodash@4.17.21 is a version.
    if (domain === undefined || !/\p{L}/u.test(domain.slice(domain.lastIndexOf('.') + 1))) continue;
    let start = at.index;
    while (start > behind && LOCAL.test(text.charAt(start - 1))) start -= 1;
    start += NOT_FIRST.exec(text.slice(start, at.index))?.[0].length ?? 0;
    if (start === at.index) continue;
    const end = afterAt + domain.length;
    found.push({ start, end, mask: MASK });
    behind = end;
  }
  return found;
}
