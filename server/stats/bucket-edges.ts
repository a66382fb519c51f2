import type { Bucket } from '../contract/statistics.ts';

export const HOUR_MS = 3_600_000;

/** The beginning of the UTC hour that holds a time: counts are kept by these hours. */
export function hourOf(time: Date): Date {
  return new Date(Math.floor(time.getTime() / HOUR_MS) * HOUR_MS);
}

export function hoursLater(time: Date, hours: number): Date {
  return new Date(time.getTime() + hours * HOUR_MS);
}

/** The first UTC hour that begins in the day of this time zone that holds the given hour. */
export function dayOf(hour: Date, timeZone: string): Date {
  const dateOf = dateIn(timeZone);
  const date = dateOf(hour);
  let first = hour;
  for (let before = hoursLater(first, -1); dateOf(before) === date; before = hoursLater(first, -1)) first = before;
  return first;
}

/**
 * Where the buckets that cover a range begin and end: one edge more than buckets. Each is the beginning of a UTC hour,
 * since nothing finer is counted; days have 23 or 25 hours where the clocks change.
 *
 * @returns null for more than `most` buckets.
 */
export function bucketEdges(
  { bucket, from, to, timeZone }: { bucket: Bucket; from: Date; to: Date; timeZone: string },
  most: number,
): Date[] | null {
  // Before anything is walked: a day is never longer than 26 hours, nor a step shorter than an hour.
  if ((to.getTime() - from.getTime()) / HOUR_MS > (bucket === 'day' ? 26 : 1) * most) return null;
  const edges = [bucket === 'day' ? dayOf(hourOf(from), timeZone) : hourOf(from)];
  const next = bucket === 'day' ? nextDay(timeZone) : (hour: Date) => hoursLater(hour, 1);
  for (let edge = edges[0]; edge !== undefined && edge < to && edges.length <= most + 1;) {
    edge = next(edge);
    edges.push(edge);
  }
  return edges.length - 1 > most ? null : edges;
}

function nextDay(timeZone: string): (day: Date) => Date {
  const dateOf = dateIn(timeZone);
  return (day) => {
    const date = dateOf(day);
    // No day of any zone is much shorter than this.
    let next = hoursLater(day, 20);
    while (dateOf(next) === date) next = hoursLater(next, 1);
    return next;
  };
}

/** The calendar date of a time, as text. */
function dateIn(timeZone: string): (time: Date) => string {
  const format = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  return (time) => format.format(time);
}
