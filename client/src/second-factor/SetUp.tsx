import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { renderSVG } from 'uqr';

import type { SecondFactorSecret } from '../../../server/contract/schemas/second-factor.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { CopyButton } from '../show/CopyButton.tsx';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { Mono } from '../show/Mono.tsx';
import { PasswordField } from '../session/PasswordField.tsx';

interface SetUpProps {
  onDone: (codes: readonly string[]) => void;
  onCancel: () => void;
}

/** First the password, then the app's key and a code of it. The QR code is drawn here: nobody else learns of the key. */
export function SetUp({ onDone, onCancel }: SetUpProps) {
  const text = useText();
  const guard = useSessionGuard();
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [secret, setSecret] = useState<SecondFactorSecret>();
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });

  const submit = async () => {
    setState({ busy: true });
    try {
      if (secret === undefined) setSecret(await guard(office.beginSecondFactor(password)));
      else onDone((await guard(office.confirmSecondFactor(code.trim()))).recoveryCodes);
      setState({ busy: false });
    } catch (error) {
      setState({ busy: false, error });
    }
  };

  return (
    <Box
      component="form"
      sx={{ display: 'grid', gap: 2 }}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {secret === undefined ? (
        <PasswordField
          label={text('session.password')}
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={setPassword}
        />
      ) : (
        <>
          <Typography>{text('secondFactor.scan')}</Typography>
          <Box
            component="img"
            alt={text('secondFactor.qr')}
            src={`data:image/svg+xml,${encodeURIComponent(renderSVG(secret.uri, { border: 4 }))}`}
            sx={{ width: 208, height: 208, bgcolor: '#fff', borderRadius: 1 }}
          />
          <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1 }}>
            <Typography color="text.secondary">{text('secondFactor.key')}</Typography>
            <Mono>{secret.secret.replaceAll(/(.{4})(?=.)/g, '$1 ')}</Mono>
            <CopyButton what={text('secondFactor.key')} value={secret.secret} />
          </Box>
          <TextField
            label={text('secondFactor.code')}
            value={code}
            onChange={(event) => {
              setCode(event.target.value);
            }}
            autoComplete="one-time-code"
            autoFocus
            required
            slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 16, inputMode: 'numeric' } }}
          />
        </>
      )}
      {state.error !== undefined && <FaultNotice error={state.error} />}
      <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end' }}>
        <Button color="inherit" onClick={onCancel}>
          {text('common.cancel')}
        </Button>
        <Button type="submit" variant="contained" loading={state.busy}>
          {text(secret === undefined ? 'secondFactor.begin' : 'secondFactor.confirm')}
        </Button>
      </Box>
    </Box>
  );
}
