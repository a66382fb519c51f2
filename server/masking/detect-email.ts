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
    const domain = withoutNumbersBehind(DOMAIN.exec(text)?.[0] ?? '');
    if (domain === null) continue;
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

/** The last part of a domain is no number: what follows is not of it, and lodash@4.17.21 is a version. */
function withoutNumbersBehind(domain: string): string | null {
  const parts = domain.split('.');
  while (parts.length > 1 && !/\p{L}/u.test(parts.at(-1) ?? '')) parts.pop();
  return parts.length > 1 && (parts.at(-1)?.length ?? 0) > 1 ? parts.join('.') : null;
}
