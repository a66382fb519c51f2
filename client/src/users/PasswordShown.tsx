import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId } from 'react';

import { useText } from '../i18n/use-text.ts';
import { CopyButton } from '../show/CopyButton.tsx';
import { Mono } from '../show/Mono.tsx';

/** The password that was made for somebody, this once. Only its button closes it: a slip would lose the password. */
export function PasswordShown({
  username,
  password,
  onClose,
}: {
  username: string;
  password: string;
  onClose: () => void;
}) {
  const text = useText();
  const titleId = useId();
  return (
    <Dialog open fullWidth maxWidth="xs" aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{text('users.passwordTitle', { name: username })}</DialogTitle>
      <DialogContent>
        <Typography variant="body2" color="text.secondary">
          {text('users.passwordText', { name: username })}
        </Typography>
        <Box
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            alignItems: 'center',
            gap: 1,
            mt: 2,
            p: 1.5,
            bgcolor: 'sunken',
            borderRadius: 1,
            fontSize: '1rem',
          }}
        >
          <Box data-testid="one-time-password" sx={{ flex: 1, userSelect: 'all' }}>
            <Mono wrap>{password}</Mono>
          </Box>
          <CopyButton what={text('users.password')} value={password} />
        </Box>
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {text('users.passwordDone')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
