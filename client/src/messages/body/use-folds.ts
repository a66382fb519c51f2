import { useState } from 'react';

import type { Match } from './find-matches.ts';
import { lineAt, revealed, type JsonLine } from './json-lines.ts';

export interface Folds {
  /** The lines whose parts are folded. */
  folded: ReadonlySet<number>;
  toggle: (line: number, fold: boolean) => void;
  /** Folds everything but the whole itself; undefined where there is nothing within it to fold. */
  foldAll: (() => void) | undefined;
  unfoldAll: () => void;
}

const NOTHING: ReadonlySet<number> = new Set();

/** Which parts of a JSON body are folded. A search does not leave what it found in a folded part. */
export function useFolds(lines: readonly JsonLine[], current: Match | undefined): Folds {
  const [state, setState] = useState({ lines, current, folded: NOTHING });
  if (state.lines !== lines) setState({ lines, current, folded: NOTHING });
  else if (state.current !== current) {
    const folded = current ? revealed(lines, state.folded, lineAt(lines, current.start)) : state.folded;
    setState({ lines, current, folded });
  }
  const setFolded = (folded: ReadonlySet<number>) => {
    setState((before) => ({ ...before, folded }));
  };
  const inner = lines.flatMap(({ closes }, index) => (closes === undefined || index === 0 ? [] : [index]));
  return {
    folded: state.folded,
    toggle: (line, fold) => {
      const next = new Set(state.folded);
      if (fold) next.add(line);
      else next.delete(line);
      setFolded(next);
    },
    foldAll:
      inner.length === 0
        ? undefined
        : () => {
            setFolded(new Set(inner));
          },
    unfoldAll: () => {
      setFolded(NOTHING);
    },
  };
}
