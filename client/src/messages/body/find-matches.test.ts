import { describe, expect, it } from 'vitest';

import { findMatches, MOST_MATCHES } from './find-matches.ts';

const found = (text: string, words: string) => findMatches(text, words).map(({ start, end }) => text.slice(start, end));

describe('The search within a body', () => {
  it('finds words without regard to case, and nothing for no words', () => {
    expect(found('Order ORDER border', 'order')).toEqual(['Order', 'ORDER', 'order']);
    expect(found('text', '')).toEqual([]);
    expect(found('text', 'none')).toEqual([]);
  });

  it('takes every letter for itself', () => {
    expect(found('a.b axb $[1] (x|y) \\d', '.')).toEqual(['.']);
    expect(found('a.b axb $[1] (x|y) \\d', '$[1]')).toEqual(['$[1]']);
    expect(found('a.b axb $[1] (x|y) \\d', '\\d')).toEqual(['\\d']);
  });

  it('finds Korean in whole syllables and taken apart', () => {
    expect(found('고객: 김하늘', '하늘')).toEqual(['하늘']);
    expect(found('고객: 김하늘'.normalize('NFD'), '하늘')).toEqual(['하늘'.normalize('NFD')]);
    expect(found('고객: 김하늘', '하늘'.normalize('NFD'))).toEqual(['하늘']);
  });

  it('stops at so many', () => {
    expect(findMatches('a'.repeat(5000), 'a')).toHaveLength(MOST_MATCHES);
  });
});
