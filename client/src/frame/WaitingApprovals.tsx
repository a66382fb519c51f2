import HowToReg from '@mui/icons-material/HowToRegOutlined';
import Button from '@mui/material/Button';
import Tooltip from '@mui/material/Tooltip';
import { Link } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { isMineToDecide, useRunningOperations } from '../operations/operation-queries.ts';
import { useUser } from '../session/use-user.ts';
import { visuallyHidden } from '../show/visually-hidden.ts';

/** How many operations wait for the word of this user, with the way to them. Nothing where none does. */
export function WaitingApprovals() {
  const text = useText();
  const user = useUser();
  const waiting = useRunningOperations().filter((operation) => isMineToDecide(operation, user));
  const only = waiting.length === 1 ? waiting[0] : undefined;
  if (waiting.length === 0) return null;
  const label = text('frame.awaitApproval', { count: waiting.length });
  return (
    <Tooltip describeChild title={label}>
      <Button
        component={Link}
        to={only ? `/operations/${only.id}` : '/operations?status=awaitingApproval'}
        startIcon={<HowToReg aria-hidden />}
        sx={{ whiteSpace: 'nowrap', px: 1, minWidth: 0, color: (theme) => theme.palette.state.waiting }}
      >
        <span aria-hidden>{waiting.length}</span>
        <span style={visuallyHidden}>{label}</span>
      </Button>
    </Tooltip>
  );
}
