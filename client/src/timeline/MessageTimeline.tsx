import Box from '@mui/material/Box';

import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { Timeline } from './Timeline.tsx';
import { useTimeline } from './use-timeline.ts';

/** The history of one message. */
export function MessageTimeline({ id }: { id: string }) {
  const { data, error, refetch } = useTimeline(id);
  if (!data) return error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines count={5} />;
  return (
    <Box sx={{ p: 2 }}>
      <Timeline entries={data.data} />
    </Box>
  );
}
