import Box from '@mui/material/Box';

import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { usePolling } from '../live/live-context.ts';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { Timeline } from './Timeline.tsx';

/** The history of one message. */
export function MessageTimeline({ id }: { id: string }) {
  const { data, error, refetch } = useOfficeQuery(
    ['messages', 'timeline', id],
    (signal) => office.timeline(id, signal),
    {
      refetchInterval: usePolling(10_000),
    },
  );
  if (!data) return error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines count={5} />;
  return (
    <Box sx={{ p: 2 }}>
      <Timeline entries={data.data} />
    </Box>
  );
}
