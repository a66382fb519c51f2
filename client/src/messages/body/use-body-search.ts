import { useDeferredValue, useMemo, useState } from 'react';

import { findMatches, MOST_MATCHES, type Match } from './find-matches.ts';

export interface BodySearch {
  words: string;
  setWords: (words: string) => void;
  matches: readonly Match[];
  /** There are more than are marked. */
  isMore: boolean;
  /** The match that one is at; undefined where there is none. */
  current: Match | undefined;
  /** The number of it, from 0. */
  at: number;
  /** To the next one (1) or the one before (-1), around the ends. */
  step: (by: 1 | -1) => void;
}

/** The search within a text. */
export function useBodySearch(text: string): BodySearch {
  const [words, setWords] = useState('');
  const [at, setAt] = useState(0);
  const searched = useDeferredValue(words);
  const matches = useMemo(() => findMatches(text, searched), [text, searched]);
  const count = matches.length;
  const here = count === 0 ? 0 : at % count;
  return {
    words,
    setWords: (next) => {
      setWords(next);
      setAt(0);
    },
    matches,
    isMore: count === MOST_MATCHES,
    current: matches[here],
    at: here,
    step: (by) => {
      if (count > 0) setAt((here + by + count) % count);
    },
  };
}
