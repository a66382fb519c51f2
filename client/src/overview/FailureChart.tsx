import { BarChart } from '@mui/x-charts/BarChart';
import { useLocale } from 'ra-core';

import type { FailuresOverTime } from '../../../server/contract/schemas/statistics.ts';
import { formatNumber } from '../show/numbers.ts';
import type { ChartWords } from './use-chart-words.ts';

interface FailureChartProps {
  failures: FailuresOverTime;
  colours: readonly string[];
  words: ChartWords;
  onChoose: (series: number, bucket: number) => void;
}

/** Under so many bars each can have its label. */
const FEW_BARS = 31;

/**
 * The stacked bars. The library is large, so that this is loaded when it is first shown. What it shows is also said in
 * words: the legend and the table are the accessible form, and lead where a click on a bar leads.
 */
export function FailureChart({ failures: { buckets, series, bucket }, colours, words, onChoose }: FailureChartProps) {
  const locale = useLocale();
  const at = new Map(buckets.map((one) => [one.from, one]));
  const nameOf = (from: unknown, kind: 'tick' | 'bucket') => {
    const one = typeof from === 'string' ? at.get(from) : undefined;
    return one === undefined ? '' : words[kind](one);
  };
  // Many hours are marked where a day begins.
  const isMarked = (from: unknown) =>
    buckets.length <= FEW_BARS || bucket === 'day' || (typeof from === 'string' && new Date(from).getHours() === 0);
  return (
    <BarChart
      height={260}
      skipAnimation
      // It would speak English alone, and the table has the same for keyboards.
      disableKeyboardNavigation
      hideLegend
      borderRadius={2}
      grid={{ horizontal: true }}
      margin={{ top: 10, right: 8, bottom: 0, left: 0 }}
      series={series.map((one, index) => ({
        id: String(index),
        data: one.counts,
        label: words.series(one),
        stack: 'all',
        ...(colours[index] === undefined ? {} : { color: colours[index] }),
        valueFormatter: (count) => (count === null || count === 0 ? null : formatNumber(count, locale)),
      }))}
      xAxis={[
        {
          scaleType: 'band',
          data: buckets.map(({ from }) => from),
          valueFormatter: (from: string, { location }) => nameOf(from, location === 'tick' ? 'tick' : 'bucket'),
          tickInterval: isMarked,
          tickLabelInterval: buckets.length <= FEW_BARS ? 'auto' : isMarked,
          tickSize: 4,
          height: 26,
          categoryGapRatio: buckets.length > 60 ? 0.1 : 0.25,
        },
      ]}
      yAxis={[
        {
          tickMinStep: 1,
          tickNumber: 4,
          disableLine: true,
          disableTicks: true,
          width: 48,
          valueFormatter: (count: number) => formatNumber(count, locale),
        },
      ]}
      onItemClick={(_event, { seriesId, dataIndex }) => {
        onChoose(Number(seriesId), dataIndex);
      }}
      sx={{
        '& rect': { cursor: 'pointer' },
        '&& .MuiChartsAxis-line, && .MuiChartsAxis-tick, && .MuiChartsGrid-line': { stroke: 'var(--line)' },
        '& .MuiChartsAxis-tickLabel': { fontSize: '0.75rem' },
      }}
    />
  );
}
