/** What failures over time are stacked by: the queue in which they failed, or the group. */
export const STACKED_BY = ['queue', 'group'] as const;
export type StackedBy = (typeof STACKED_BY)[number];

/** How long one bar is. Days are those of a time zone; an hour belongs to the day in which it begins. */
export const BUCKETS = ['hour', 'day'] as const;
export type Bucket = (typeof BUCKETS)[number];

/** Bars in one answer: a month of hours, two years of days. */
export const MOST_BUCKETS = 750;
/** Series that stand by themselves; the rest is one more, `others`. */
export const TOP_SERIES = 8;
/** Bars of a sparkline: so many hours, the last of them the one that runs. */
export const SPARKLINE_HOURS = 24;
