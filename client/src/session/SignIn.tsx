import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useLocale, useLogin } from 'ra-core';
import { useState } from 'react';
import { useLocation } from 'react-router-dom';

import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { span } from '../show/times.ts';
import { BareScreen } from './BareScreen.tsx';
import { CodeStep } from './CodeStep.tsx';
import { PasswordField } from './PasswordField.tsx';
import { readSignInAddress } from './sign-in-address.ts';
import { SignOnButton } from './SignOnButton.tsx';
import { useSecondsLeft } from './use-seconds-left.ts';
import { useSignInMethods } from './use-sign-in-methods.ts';

/** The sign-in screen. After it, the user is back where the session ended. */
export function SignIn() {
  const text = useText();
  const locale = useLocale();
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const { left, wait } = useSecondsLeft();
  const [needsCode, setNeedsCode] = useState(false);
  const { next, refusal } = readSignInAddress(useLocation());
  const methods = useSignInMethods();

  const submit = async (code?: string) => {
    setState({ busy: true });
    try {
      await login({ username: username.trim(), password, ...(code === undefined ? {} : { code }) }, next);
    } catch (error) {
      if (error instanceof OfficeError && error.code === 'session.secondFactorRequired') {
        setNeedsCode(true);
        setState({ busy: false });
        return;
      }
      wait(secondsToWait(error) ?? 0);
      setState({ busy: false, error });
    }
  };
  const seconds = secondsToWait(state.error);

  if (needsCode) {
    return (
      <BareScreen tabTitle={text('session.title')}>
        <CodeStep
          busy={state.busy}
          error={state.error}
          onSubmit={(code) => void submit(code)}
          onBack={() => {
            setNeedsCode(false);
            setState({ busy: false });
          }}
        />
      </BareScreen>
    );
  }
  return (
    <BareScreen tabTitle={text('session.title')}>
      {refusal && (
        <Box sx={{ mt: -1.5, mb: 2 }}>
          <FaultNotice error={refusal} />
        </Box>
      )}
      {methods?.singleSignOn && <SignOnButton method={methods.singleSignOn} next={next} alone={!methods.password} />}
      {methods?.password === true && (
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
      )}
    </BareScreen>
  );
}

/** How long the office does not look at any password; undefined for every other error. */
function secondsToWait(error: unknown): number | undefined {
  if (!(error instanceof OfficeError) || error.code !== 'request.tooMany') return undefined;
  const { seconds } = error.params;
  return typeof seconds === 'number' ? seconds : undefined;
}
