import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogTitle from '@mui/material/DialogTitle';
import { useId } from 'react';

import type { User } from '../../../server/contract/schemas/users.ts';
import { SessionTable } from '../account/SessionTable.tsx';
import { useText } from '../i18n/use-text.ts';

/** Where a user is signed in, and signing them out there. */
export function UserSessions({ user, onClose }: { user: User; onClose: () => void }) {
  const text = useText();
  const titleId = useId();
  return (
    <Dialog open onClose={onClose} fullWidth maxWidth="md" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{text('sessions.of', { name: user.username })}</DialogTitle>
      <SessionTable userId={user.id} />
      <DialogActions>
        <Button color="inherit" onClick={onClose}>
          {text('common.close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
