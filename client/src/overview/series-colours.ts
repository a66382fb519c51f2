import type { FailureSeries } from '../../../server/contract/schemas/statistics.ts';

/** Told apart in both themes, also by those who see few colours; every series has its name beside it. */
const PALETTES = {
  light: ['#2b5fd9', '#c2620a', '#1a8a5a', '#8a3fc4', '#0d8294', '#bb2a6e', '#7d6b00', '#5c6f99'],
  dark: ['#86a9ff', '#f0a35e', '#5fd193', '#c9a2ff', '#58c9d6', '#ff8fb8', '#d9c65a', '#a3b3dc'],
} as const;
const OTHERS = { light: '#a3acb6', dark: '#58636f' } as const;

/** What a series is known by, from one answer to the next. */
export function seriesKey(series: FailureSeries): string {
  if (series.kind === 'queue') return `queue ${series.queue}`;
  return series.kind === 'group' ? `group ${series.group.id}` : series.kind;
}

/** A colour for each: the same while the same series are there, whichever of them is largest. */
export function seriesColours(series: readonly FailureSeries[], mode: 'light' | 'dark'): string[] {
  const palette = PALETTES[mode];
  const ordered = series
    .filter(({ kind }) => kind !== 'others')
    .map(seriesKey)
    .sort();
  return series.map((one) =>
    one.kind === 'others' ? OTHERS[mode] : (palette[ordered.indexOf(seriesKey(one)) % palette.length] ?? OTHERS[mode]),
  );
}
