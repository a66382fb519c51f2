import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { PasswordField } from '../session/PasswordField.tsx';

/** Turns one's own second factor off. */
export function RemoveDialog({ onClose }: { onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const guard = useSessionGuard();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });

  const submit = async () => {
    setState({ busy: true });
    try {
      await guard(office.removeSecondFactor({ password, code: code.trim() }));
      say.done('secondFactor.removed');
      onClose();
    } catch (error) {
      setState({ busy: false, error });
    }
  };

  return (
    <FormDialog
      title={text('secondFactor.remove')}
      submit={text('secondFactor.remove')}
      isBusy={state.busy}
      isEdited={false}
      error={state.error}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Box sx={{ display: 'grid', gap: 2 }}>
        <Typography color="text.secondary">{text('secondFactor.removeText')}</Typography>
        <PasswordField
          label={text('session.password')}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
        />
        <TextField
          label={text('secondFactor.codeOrRecovery')}
          value={code}
          onChange={(event) => {
            setCode(event.target.value);
          }}
          autoComplete="one-time-code"
          required
          slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 64, autoCapitalize: 'none' } }}
        />
      </Box>
    </FormDialog>
  );
}
