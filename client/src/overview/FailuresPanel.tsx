import BarChart from '@mui/icons-material/BarChart';
import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useTheme } from '@mui/material/styles';
import { lazy, Suspense } from 'react';
import { useNavigate, useSearchParams } from 'react-router-dom';

import type { FailuresOverTime } from '../../../server/contract/schemas/statistics.ts';
import { STACKED_BY } from '../../../server/contract/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { Panel } from '../show/Panel.tsx';
import { QuietState } from '../show/QuietState.tsx';
import { RANGE_NAMES, RANGES, readChartView, SHAPES, writeChartView, type ChartView } from './chart-view.ts';
import { FailureLegend } from './FailureLegend.tsx';
import { FailureTable } from './FailureTable.tsx';
import { messagesOf } from './message-addresses.ts';
import { seriesColours } from './series-colours.ts';
import { useChartWords } from './use-chart-words.ts';
import { useFailures } from './use-statistics.ts';

const FailureChart = lazy(async () => ({ default: (await import('./FailureChart.tsx')).FailureChart }));

/** As high as the chart, so that nothing jumps when that comes. */
const CHART_HEIGHT = 260;

/** Failures over time, as a chart or as a table. What it shows stands in the address. */
export function FailuresPanel() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const view = readChartView(search);
  const { data, error, refetch, isPlaceholderData } = useFailures(view);
  const change = (part: Partial<ChartView>) => {
    setSearch(writeChartView({ ...view, ...part }), { replace: true });
  };
  return (
    <Panel label={text('overview.failures')} sx={{ p: 2 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mb: 1.5 }}>
        <Typography variant="h2" sx={{ flex: '1 1 160px' }}>
          {text('overview.failures')}
        </Typography>
        <Choice
          label={text('overview.by')}
          value={view.by}
          choices={STACKED_BY}
          nameOf={(by) => text(`overview.byWhat.${by}`)}
          onChange={(by) => {
            change({ by });
          }}
        />
        {RANGES[view.range].buckets.length > 1 && (
          <Choice
            label={text('overview.bucket')}
            value={view.bucket}
            choices={['hour', 'day'] as const}
            nameOf={(bucket) => text(`overview.buckets.${bucket}`)}
            onChange={(bucket) => {
              change({ bucket });
            }}
          />
        )}
        <Choice
          label={text('overview.range')}
          value={view.range}
          choices={RANGE_NAMES}
          nameOf={(range) => text(`overview.ranges.${range}`)}
          onChange={(range) => {
            change({ range, bucket: RANGES[range].buckets[0] });
          }}
        />
        <Choice
          label={text('overview.shape')}
          value={view.shape}
          choices={SHAPES}
          nameOf={(shape) => text(`overview.shapes.${shape}`)}
          onChange={(shape) => {
            change({ shape });
          }}
        />
      </Box>
      {data === undefined ? (
        error === null ? (
          <Lines count={7} />
        ) : (
          <FaultState error={error} onRetry={() => void refetch()} />
        )
      ) : (
        <Box aria-busy={isPlaceholderData} sx={{ transition: 'opacity 120ms', opacity: isPlaceholderData ? 0.55 : 1 }}>
          <Failures failures={data} view={view} />
        </Box>
      )}
    </Panel>
  );
}

function Failures({ failures, view }: { failures: FailuresOverTime; view: ChartView }) {
  const text = useText();
  const navigate = useNavigate();
  const { palette } = useTheme();
  const words = useChartWords(failures.bucket, view.range !== '24h');
  const colours = seriesColours(failures.series, palette.mode);
  if (failures.series.length === 0) {
    return <QuietState icon={BarChart} title={text('overview.noFailures')} text={text('overview.noFailuresText')} />;
  }
  return (
    <>
      {view.shape === 'table' ? (
        <FailureTable failures={failures} words={words} />
      ) : (
        <Suspense fallback={<Box sx={{ height: CHART_HEIGHT }} />}>
          <Box sx={{ minHeight: CHART_HEIGHT }}>
            <FailureChart
              failures={failures}
              colours={colours}
              words={words}
              onChoose={(series, bucket) => {
                const chosen = failures.series[series];
                const time = failures.buckets[bucket];
                if (chosen !== undefined && time !== undefined) void navigate(messagesOf(chosen, time));
              }}
            />
          </Box>
        </Suspense>
      )}
      <Box sx={{ mt: 1.5 }}>
        <FailureLegend failures={failures} colours={colours} words={words} />
      </Box>
      <Typography variant="caption" component="p" color="text.secondary" sx={{ m: 0, mt: 1 }}>
        {text('overview.failuresHint')}
      </Typography>
    </>
  );
}

interface ChoiceProps<T extends string> {
  label: string;
  value: T;
  choices: readonly T[];
  nameOf: (choice: T) => string;
  onChange: (choice: T) => void;
}

/** One of a few, all in sight. */
function Choice<T extends string>({ label, value, choices, nameOf, onChange }: ChoiceProps<T>) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-label={label}
      value={value}
      onChange={(_event, chosen: T | null) => {
        // A press on the chosen one would choose none.
        if (chosen !== null) onChange(chosen);
      }}
    >
      {choices.map((choice) => (
        <ToggleButton
          key={choice}
          value={choice}
          sx={{ textTransform: 'none', px: 1.25, py: 0.25, fontSize: '0.8125rem', minHeight: 28, whiteSpace: 'nowrap' }}
        >
          {nameOf(choice)}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
