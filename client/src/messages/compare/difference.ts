/** How a thing of two messages differs: it is the same, it changed, or only one of them has it. */
export type Difference = 'same' | 'changed' | 'onlyLeft' | 'onlyRight';

/** Of two values that may be missing. */
export function differenceOf(left: string | undefined, right: string | undefined): Difference {
  if (left === right) return 'same';
  if (right === undefined) return 'onlyLeft';
  return left === undefined ? 'onlyRight' : 'changed';
}
