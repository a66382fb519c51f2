import { diffArrays } from 'diff';

import type { Difference } from './difference.ts';

/** A line of one side. */
export interface SideLine {
  number: number;
  text: string;
}

export interface DiffRow {
  difference: Difference;
  left: SideLine | undefined;
  right: SideLine | undefined;
}

/** Lines that are the same and far from any difference. */
export interface Gap {
  skipped: number;
}

/** Two texts of very many differences cannot be aligned in a time that anybody waits. */
const MOST_EDITS = 5000;
const LONGEST_MS = 1000;
/** So many equal lines are shown around a difference. */
const CONTEXT = 2;

/**
 * Two texts line by line, equal lines beside each other. What was replaced is one changed row for each pair of lines.
 * Answers undefined where they differ too much to be aligned.
 */
export function diffLines(left: readonly string[], right: readonly string[]): DiffRow[] | undefined {
  const changes = diffArrays([...left], [...right], { maxEditLength: MOST_EDITS, timeout: LONGEST_MS });
  if (changes === undefined) return undefined;
  const rows: DiffRow[] = [];
  let [leftAt, rightAt] = [0, 0];
  let gone: SideLine[] = [];
  let come: SideLine[] = [];
  const pairUp = () => {
    for (let index = 0; index < Math.max(gone.length, come.length); index += 1) {
      const [one, other] = [gone[index], come[index]];
      rows.push({ difference: one && other ? 'changed' : one ? 'onlyLeft' : 'onlyRight', left: one, right: other });
    }
    gone = [];
    come = [];
  };
  for (const { value, added, removed } of changes) {
    for (const text of value) {
      if (removed) gone.push({ number: (leftAt += 1), text });
      else if (added) come.push({ number: (rightAt += 1), text });
      else {
        pairUp();
        rows.push({
          difference: 'same',
          left: { number: (leftAt += 1), text },
          right: { number: (rightAt += 1), text },
        });
      }
    }
  }
  pairUp();
  return rows;
}

/** Line by line by their numbers alone: for texts that cannot be aligned. */
export function besideEachOther(left: readonly string[], right: readonly string[]): DiffRow[] {
  return Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const side = (text: string | undefined) => (text === undefined ? undefined : { number: index + 1, text });
    const [one, other] = [side(left[index]), side(right[index])];
    const difference: Difference =
      one?.text === other?.text ? 'same' : one && other ? 'changed' : one ? 'onlyLeft' : 'onlyRight';
    return { difference, left: one, right: other };
  });
}

/** Only the differences, each with a few equal lines around it; what is left out is a gap. */
export function onlyDifferences(rows: readonly DiffRow[]): (DiffRow | Gap)[] {
  const near = new Uint8Array(rows.length);
  rows.forEach(({ difference }, index) => {
    if (difference !== 'same') near.fill(1, Math.max(0, index - CONTEXT), index + CONTEXT + 1);
  });
  const kept: (DiffRow | Gap)[] = [];
  let skipped = 0;
  rows.forEach((row, index) => {
    if (near[index] === 0) {
      skipped += 1;
      return;
    }
    if (skipped > 0) kept.push({ skipped });
    skipped = 0;
    kept.push(row);
  });
  if (skipped > 0 && kept.length > 0) kept.push({ skipped });
  return kept;
}
