/** How failures at one counter slow down what comes next there. */
export interface DelayRule {
  /** So many may fail without a wait. */
  free: number;
  /** The first wait; each further failure doubles it. */
  firstMs: number;
  longestMs: number;
  /** After so long without a failure it counts from the beginning. */
  forgottenAfterMs: number;
}

/** Of one username from one place: 3 000 tries a month, where guessing the weakest password we take needs 10^10. */
export const OF_USERNAME: DelayRule = {
  free: 5,
  firstMs: 2_000,
  longestMs: 15 * 60_000,
  forgottenAfterMs: 24 * 3_600_000,
};

/** Of one address, whatever the username: behind it may be a whole house, so waits stay short. */
export const OF_ADDRESS: DelayRule = {
  free: 30,
  firstMs: 1_000,
  longestMs: 60_000,
  forgottenAfterMs: 3_600_000,
};

/** How long to wait after so many failures, in ms. */
export function delayAfter(failures: number, { free, firstMs, longestMs }: DelayRule): number {
  if (failures < free) return 0;
  // Past 2^30 it is the longest anyway.
  return Math.min(longestMs, firstMs * 2 ** Math.min(failures - free, 30));
}

/** The failures of a counter with one more. */
export function countedOn(failures: number, sinceLastMs: number, { forgottenAfterMs }: DelayRule): number {
  return sinceLastMs > forgottenAfterMs ? 1 : failures + 1;
}
