import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useLocale } from 'ra-core';

import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { shortTime } from '../show/times.ts';
import { CameBackGroups } from './CameBackGroups.tsx';
import { FailuresPanel } from './FailuresPanel.tsx';
import { FirstUse } from './FirstUse.tsx';
import { GrowingGroups } from './GrowingGroups.tsx';
import { QueuesPanel } from './QueuesPanel.tsx';
import { RunningPanel } from './RunningPanel.tsx';
import { Tiles } from './Tiles.tsx';
import { useOverview } from './use-statistics.ts';

/** The start page: how things stand, since when, and the way to whatever needs somebody. */
export function OverviewPage() {
  const text = useText();
  const locale = useLocale();
  const { data, error, dataUpdatedAt, refetch } = useOverview();
  const reload = () => void refetch();
  return (
    <>
      <PageHeader title={text('overview.title')} />
      {data === undefined ? (
        <Panel>{error === null ? <Lines count={10} /> : <FaultState error={error} onRetry={reload} />}</Panel>
      ) : (
        <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          {error !== null && (
            <Alert
              severity="warning"
              action={
                <Button color="inherit" onClick={reload}>
                  {text('common.tryAgain')}
                </Button>
              }
            >
              {text('fault.stale', { time: shortTime(new Date(dataUpdatedAt), new Date(), locale) })}
            </Alert>
          )}
          <Standing overview={data} />
        </Box>
      )}
    </>
  );
}

function Standing({ overview }: { overview: Overview }) {
  const { hasFailed, deadQueues, growing, cameBack, backlog } = overview;
  if (!hasFailed && deadQueues.length === 0) return <FirstUse watched={0} />;
  return (
    <>
      <Tiles overview={overview} />
      {hasFailed ? <FailuresPanel /> : <FirstUse watched={backlog.watched} />}
      <Box
        sx={{
          display: 'grid',
          gap: 1.5,
          alignItems: 'start',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'repeat(2, minmax(0, 1fr))' },
        }}
      >
        <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <GrowingGroups growing={growing} />
          <CameBackGroups cameBack={cameBack} />
        </Box>
        <Box sx={{ display: 'grid', gap: 1.5, gridTemplateColumns: 'minmax(0, 1fr)' }}>
          <QueuesPanel overview={overview} />
          <RunningPanel />
        </Box>
      </Box>
    </>
  );
}
