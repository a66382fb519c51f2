import Sync from '@mui/icons-material/Sync';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { isMineToDecide, useRunningOperations } from '../operations/operation-queries.ts';

/** For ears alone. */
const HEARD = { position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clipPath: 'inset(50%)' };

/** How many operations run, with the way to them. Nothing where none runs. */
export function RunningOperations() {
  const text = useText();
  const user = useUser();
  // What waits for this user's word has a sign of its own.
  const running = useRunningOperations().filter((operation) => !isMineToDecide(operation, user));
  const only = running.length === 1 ? running[0] : undefined;
  if (running.length === 0) return null;
  const label = text('frame.operationsRunning', { count: running.length });
  return (
    <Tooltip describeChild title={label}>
      <Button
        component={Link}
        to={only ? `/operations/${only.id}` : '/operations?status=active'}
        startIcon={
          <Sync
            aria-hidden
            sx={{
              animation: 'dlo-turn 1.6s linear infinite',
              '@keyframes dlo-turn': { to: { transform: 'rotate(-360deg)' } },
            }}
          />
        }
        sx={{ whiteSpace: 'nowrap', px: 1 }}
      >
        <span aria-hidden>{running.length}</span>
        <Box component="span" sx={HEARD}>
          {label}
        </Box>
      </Button>
    </Tooltip>
  );
}
