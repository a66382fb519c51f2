import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useLogout } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import { BareScreen } from '../session/BareScreen.tsx';
import { useSay } from '../show/use-say.ts';
import { PasswordForm } from './PasswordForm.tsx';

/** All that somebody sees whose password was set by somebody else. */
export function SetPassword() {
  const text = useText();
  const say = useSay();
  const logout = useLogout();
  const title = text('password.setTitle');
  return (
    <BareScreen tabTitle={title}>
      <Typography variant="h2">{title}</Typography>
      <Typography variant="body2" color="text.secondary" sx={{ mb: 2 }}>
        {text('password.setText')}
      </Typography>
      <PasswordForm isFirst />
      <Button
        color="inherit"
        sx={{ mt: 1.5 }}
        onClick={() => {
          logout().catch(say.failed);
        }}
      >
        {text('frame.signOut')}
      </Button>
    </BareScreen>
  );
}
