import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useLocale, useLogin } from 'ra-core';
import { useState } from 'react';

import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { span } from '../show/times.ts';
import { BareScreen } from './BareScreen.tsx';
import { PasswordField } from './PasswordField.tsx';
import { useSecondsLeft } from './use-seconds-left.ts';

/** The sign-in screen. After it, the user is back where the session ended. */
export function SignIn() {
  const text = useText();
  const locale = useLocale();
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const { left, wait } = useSecondsLeft();

  const submit = async () => {
    setState({ busy: true });
    try {
      await login({ username: username.trim(), password });
    } catch (error) {
      wait(secondsToWait(error) ?? 0);
      setState({ busy: false, error });
    }
  };
  const seconds = secondsToWait(state.error);

  return (
    <BareScreen tabTitle={text('session.title')}>
      <Box
        component="form"
        sx={{ display: 'grid', gap: 2 }}
        onSubmit={(event) => {
          event.preventDefault();
          if (left === 0) void submit();
        }}
      >
        <TextField
          label={text('session.username')}
          value={username}
          onChange={(event) => {
            setUsername(event.target.value);
          }}
          autoComplete="username"
          autoFocus
          required
          slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 64, autoCapitalize: 'none' } }}
        />
        <PasswordField
          label={text('session.password')}
          value={password}
          autoComplete="current-password"
          onChange={setPassword}
        />
        {seconds !== undefined && left > 0 && (
          <Alert severity="warning" variant="outlined">
            {text('session.tooMany', { span: span(seconds * 1000, locale) })}
          </Alert>
        )}
        {state.error !== undefined && seconds === undefined && <FaultNotice error={state.error} />}
        <Button type="submit" variant="contained" size="medium" disabled={state.busy || left > 0} sx={{ height: 40 }}>
          {left > 0
            ? text('session.wait', { span: span(left * 1000, locale) })
            : text(state.busy ? 'session.submitting' : 'session.submit')}
        </Button>
      </Box>
    </BareScreen>
  );
}

/** How long the office does not look at any password; undefined for every other error. */
function secondsToWait(error: unknown): number | undefined {
  if (!(error instanceof OfficeError) || error.code !== 'request.tooMany') return undefined;
  const { seconds } = error.params;
  return typeof seconds === 'number' ? seconds : undefined;
}
