import { STACKED_BY, type Bucket, type StackedBy } from '../../../server/contract/statistics.ts';

/** How far back the chart goes, and how long its bars can be then; the first is what it begins with. */
export const RANGES = {
  '24h': { hours: 24, buckets: ['hour'] },
  '7d': { hours: 7 * 24, buckets: ['hour', 'day'] },
  '30d': { hours: 30 * 24, buckets: ['day', 'hour'] },
  '90d': { hours: 90 * 24, buckets: ['day'] },
} as const satisfies Record<string, { hours: number; buckets: readonly Bucket[] }>;
export type Range = keyof typeof RANGES;
export const RANGE_NAMES = Object.keys(RANGES) as Range[];

export const SHAPES = ['chart', 'table'] as const;
export type Shape = (typeof SHAPES)[number];

/** What the chart shows, as it stands in the address. */
export interface ChartView {
  by: StackedBy;
  range: Range;
  bucket: Bucket;
  shape: Shape;
}

/** What the address does not say, or says wrongly, is as it is at first. */
export function readChartView(search: URLSearchParams): ChartView {
  const pick = <T extends string>(name: string, choices: readonly T[], usual: T): T =>
    choices.find((choice) => choice === search.get(name)) ?? usual;
  const range = pick('range', RANGE_NAMES, '24h');
  const buckets: readonly Bucket[] = RANGES[range].buckets;
  return {
    by: pick('by', STACKED_BY, 'queue'),
    range,
    bucket: pick('bucket', buckets, RANGES[range].buckets[0]),
    shape: pick('shape', SHAPES, 'chart'),
  };
}

/** The address of a view; what is as it is at first is left out. */
export function writeChartView(view: ChartView): URLSearchParams {
  const search = new URLSearchParams();
  if (view.by !== 'queue') search.set('by', view.by);
  if (view.range !== '24h') search.set('range', view.range);
  const buckets: readonly Bucket[] = RANGES[view.range].buckets;
  if (buckets.includes(view.bucket) && view.bucket !== buckets[0]) search.set('bucket', view.bucket);
  if (view.shape !== 'chart') search.set('shape', view.shape);
  return search;
}

const HOUR_MS = 3_600_000;

/** Where the first bar begins: as many whole bars as the range has, with the one that runs. */
export function chartFrom({ range, bucket }: Pick<ChartView, 'range' | 'bucket'>, now: Date): string {
  const bar = bucket === 'hour' ? 1 : 24;
  return new Date(now.getTime() - (RANGES[range].hours - bar) * HOUR_MS).toISOString();
}
