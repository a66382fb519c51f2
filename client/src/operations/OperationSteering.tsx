import Pause from '@mui/icons-material/Pause';
import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { CancelRest } from './CancelRest.tsx';
import { ChangeRate } from './ChangeRate.tsx';
import { isEnded } from './operation-queries.ts';
import { asksToGoOn } from './OperationHold.tsx';
import { useSteering } from './use-steering.ts';

/** Pause, resume, pace, and cancel of an operation that has not ended. */
export function OperationSteering({ operation }: { operation: Operation }) {
  const text = useText();
  const { steer, blocked } = useSteering(operation);
  // Where it asks whether it may go on, the answers stand beside the question.
  if (isEnded(operation) || asksToGoOn(operation)) return null;
  if (operation.status === 'awaitingApproval') return <CancelRest operation={operation} />;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
      {operation.action === 'resend' && <ChangeRate operation={operation} />}
      {operation.status === 'paused' ? (
        <GatedButton
          blocked={blocked}
          variant="contained"
          startIcon={<PlayArrow aria-hidden />}
          onClick={() => {
            steer('resume');
          }}
        >
          {text('operations.resume')}
        </GatedButton>
      ) : (
        <GatedButton
          blocked={blocked}
          variant="outlined"
          color="inherit"
          startIcon={<Pause aria-hidden />}
          onClick={() => {
            steer('pause');
          }}
        >
          {text('operations.pause')}
        </GatedButton>
      )}
      <CancelRest operation={operation} />
    </Box>
  );
}
