import Sync from '@mui/icons-material/Sync';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { useRunningOperations } from '../operations/operation-queries.ts';

/** How many operations run, with the way to them. Nothing where none runs. */
export function RunningOperations() {
  const text = useText();
  const running = useRunningOperations();
  const only = running.length === 1 ? running[0] : undefined;
  if (running.length === 0) return null;
  const label = text('frame.operationsRunning', { count: running.length });
  return (
    <Tooltip title={label}>
      <Button
        component={Link}
        to={only ? `/operations/${only.id}` : '/operations?status=active'}
        aria-label={label}
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
        {running.length}
      </Button>
    </Tooltip>
  );
}
