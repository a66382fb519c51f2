import Visibility from '@mui/icons-material/VisibilityOutlined';
import VisibilityOff from '@mui/icons-material/VisibilityOffOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useLogin } from 'ra-core';
import { useEffect, useState } from 'react';
import { useLocation } from 'react-router-dom';

import { OfficeError } from '../api/office-error.ts';
import { LanguageMenu } from '../frame/LanguageMenu.tsx';
import { Logo } from '../frame/Logo.tsx';
import { ThemeMenu } from '../frame/ThemeMenu.tsx';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { Panel } from '../show/Panel.tsx';
import { CodeStep } from './CodeStep.tsx';
import { readSignInAddress } from './sign-in-address.ts';
import { SignOnButton } from './SignOnButton.tsx';
import { useSignInMethods } from './use-sign-in-methods.ts';

/** The sign-in screen. After it, the user is back where the session ended. */
export function SignIn() {
  const text = useText();
  const login = useLogin();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const [shown, setShown] = useState(false);
  const [needsCode, setNeedsCode] = useState(false);
  const { next, refusal } = readSignInAddress(useLocation());
  const methods = useSignInMethods();
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });

  const name = text('app.name');
  const title = text('session.title');
  useEffect(() => {
    document.title = `${title} · ${name}`;
  }, [title, name]);

  const submit = async (code?: string) => {
    setState({ busy: true });
    try {
      await login({ username: username.trim(), password, ...(code === undefined ? {} : { code }) }, next);
    } catch (error) {
      const isAsked = error instanceof OfficeError && error.code === 'session.secondFactorRequired';
      if (isAsked) setNeedsCode(true);
      setState({ busy: false, error: isAsked ? undefined : error });
    }
  };

  return (
    <Box
      component="main"
      sx={{ minHeight: '100vh', display: 'grid', placeItems: 'center', p: 2, bgcolor: 'background.default' }}
    >
      <Box sx={{ width: '100%', maxWidth: 360 }}>
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mb: 2 }}>
          <Logo size={36} />
          <Box sx={{ flex: 1 }}>
            <Typography variant="h1">{name}</Typography>
            <Typography variant="body2" color="text.secondary">
              {text('app.tagline')}
            </Typography>
          </Box>
          <LanguageMenu />
          <ThemeMenu />
        </Box>
        <Panel sx={{ p: 2.5 }}>
          {refusal && !needsCode && (
            <Box sx={{ mt: -1.5, mb: 2 }}>
              <FaultNotice error={refusal} />
            </Box>
          )}
          {methods?.singleSignOn && !needsCode && (
            <SignOnButton method={methods.singleSignOn} next={next} alone={!methods.password} />
          )}
          {needsCode && (
            <CodeStep
              busy={state.busy}
              error={state.error}
              onSubmit={(code) => void submit(code)}
              onBack={() => {
                setNeedsCode(false);
                setState({ busy: false });
              }}
            />
          )}
          {methods?.password === true && !needsCode && (
            <Box
              component="form"
              sx={{ display: 'grid', gap: 2 }}
              onSubmit={(event) => {
                event.preventDefault();
                void submit();
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
              <TextField
                label={text('session.password')}
                type={shown ? 'text' : 'password'}
                value={password}
                onChange={(event) => {
                  setPassword(event.target.value);
                }}
                autoComplete="current-password"
                required
                slotProps={{
                  inputLabel: { required: false },
                  htmlInput: { maxLength: 1024 },
                  input: {
                    endAdornment: (
                      <InputAdornment position="end">
                        <IconButton
                          size="small"
                          edge="end"
                          aria-label={text(shown ? 'session.hidePassword' : 'session.showPassword')}
                          onClick={() => {
                            setShown(!shown);
                          }}
                        >
                          {shown ? <VisibilityOff fontSize="small" /> : <Visibility fontSize="small" />}
                        </IconButton>
                      </InputAdornment>
                    ),
                  },
                }}
              />
              {state.error !== undefined && <FaultNotice error={state.error} />}
              <Button type="submit" variant="contained" size="medium" disabled={state.busy} sx={{ height: 40 }}>
                {text(state.busy ? 'session.submitting' : 'session.submit')}
              </Button>
            </Box>
          )}
        </Panel>
      </Box>
    </Box>
  );
}
