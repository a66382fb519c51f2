export interface Match {
  start: number;
  end: number;
}

/** So many matches are marked: more than anybody steps through, few enough to draw. */
export const MOST_MATCHES = 1000;

/**
 * Where a text holds what is searched for, without regard to case. Korean is found in both of its forms: as whole
 * syllables, and as the single letters into which some systems take them apart.
 */
export function findMatches(text: string, searched: string): Match[] {
  if (searched === '') return [];
  const forms = new Set([searched, searched.normalize('NFC'), searched.normalize('NFD')]);
  const pattern = new RegExp([...forms].map(escaped).join('|'), 'giu');
  const matches: Match[] = [];
  for (const { index, 0: found } of text.matchAll(pattern)) {
    matches.push({ start: index, end: index + found.length });
    if (matches.length === MOST_MATCHES) break;
  }
  return matches;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}
