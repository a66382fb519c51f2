import PlayArrow from '@mui/icons-material/PlayArrow';
import Box from '@mui/material/Box';

import type { HoldCode } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { OperationApproval } from './approval/OperationApproval.tsx';
import { CancelRest } from './CancelRest.tsx';
import { useHoldText } from './use-hold-text.ts';
import { useSteering } from './use-steering.ts';

const ASKING: readonly HoldCode[] = ['selectionGrew', 'canaryAsks'];

/** Whether it waits for a person to say that it goes on. */
export function asksToGoOn({ hold }: Pick<Operation, 'hold'>): boolean {
  return hold !== null && ASKING.includes(hold.code);
}

/** Why the operation is not going on now, or has stopped; where it asks, with the answers. */
export function OperationHold({ operation }: { operation: Operation }) {
  const text = useText();
  const words = useHoldText()(operation);
  const { steer, isSteering, blocked } = useSteering(operation);
  const asks = asksToGoOn(operation);
  return (
    <Box role="status">
      {words !== undefined && (
        <Box
          data-testid="hold"
          sx={{
            mt: 1.5,
            pl: 1.5,
            py: 0.5,
            borderLeft: 3,
            borderColor: (theme) => theme.palette.state[operation.status === 'stopped' ? 'bad' : 'waiting'],
            fontSize: '0.8125rem',
            lineHeight: 1.5,
            overflowWrap: 'anywhere',
          }}
        >
          {words}
          {operation.status === 'awaitingApproval' && <OperationApproval operation={operation} />}
          {asks && (
            <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1 }}>
              <GatedButton
                blocked={blocked}
                variant="contained"
                loading={isSteering}
                startIcon={<PlayArrow aria-hidden />}
                onClick={() => {
                  steer('resume');
                }}
              >
                {text('operations.goOn')}
              </GatedButton>
              <CancelRest operation={operation} />
            </Box>
          )}
        </Box>
      )}
    </Box>
  );
}
