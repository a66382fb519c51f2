import { Fragment, type ReactNode } from 'react';

import { MaskedText } from '../../masking/MaskedText.tsx';
import type { Match } from './find-matches.ts';

interface MarkedProps {
  text: string;
  /** Where the text begins in the whole that was searched. */
  start: number;
  /** The matches that touch it, in order. */
  matches: readonly Match[];
  current: Match | undefined;
}

/** A text with what was found in it marked; the match that one is at has the `current` mark. */
export function Marked({ text, start, matches, current }: MarkedProps): ReactNode {
  if (matches.length === 0) return <MaskedText>{text}</MaskedText>;
  const end = start + text.length;
  const pieces: ReactNode[] = [];
  let done = start;
  for (const match of matches) {
    if (match.end <= start || match.start >= end) continue;
    const from = Math.max(match.start, start);
    const to = Math.min(match.end, end);
    pieces.push(
      <Fragment key={from}>
        <MaskedText>{text.slice(done - start, from - start)}</MaskedText>
        <mark className={match === current ? 'current' : undefined}>{text.slice(from - start, to - start)}</mark>
      </Fragment>,
    );
    done = to;
  }
  return (
    <>
      {pieces}
      <MaskedText>{text.slice(done - start)}</MaskedText>
    </>
  );
}
