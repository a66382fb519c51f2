/** What a group's recent failures are compared with: so many hours before them. */
export const BEFORE_HOURS = 24;

/**
 * By how many more than the earlier rate would have given it failed since the clock hour before this one began. A group
 * that is new has no earlier rate, and has grown by all of them.
 *
 * @param hourly failures by clock hour, oldest first, the running one last: `BEFORE_HOURS` and two.
 * @param ofThisHour how much of the running hour is over, 0 to 1.
 */
export function growthOf(hourly: readonly number[], ofThisHour: number): number {
  const sum = (hours: readonly number[]) => hours.reduce((total, hour) => total + hour, 0);
  const before = sum(hourly.slice(0, -2));
  return Math.round(sum(hourly.slice(-2)) - (before * (1 + ofThisHour)) / BEFORE_HOURS);
}
