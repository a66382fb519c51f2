import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';

interface CodeStepProps {
  busy: boolean;
  error: unknown;
  onSubmit: (code: string) => void;
  onBack: () => void;
}

/** The second step of signing in, for those who have a second factor. */
export function CodeStep({ busy, error, onSubmit, onBack }: CodeStepProps) {
  const text = useText();
  const [code, setCode] = useState('');
  return (
    <Box
      component="form"
      sx={{ display: 'grid', gap: 2 }}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(code.trim());
      }}
    >
      <TextField
        label={text('session.code')}
        helperText={text('session.codeHint')}
        value={code}
        onChange={(event) => {
          setCode(event.target.value);
        }}
        autoComplete="one-time-code"
        autoFocus
        required
        slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 64, autoCapitalize: 'none' } }}
      />
      {error !== undefined && <FaultNotice error={error} />}
      <Button type="submit" variant="contained" size="medium" disabled={busy} sx={{ height: 40 }}>
        {text(busy ? 'session.submitting' : 'session.submit')}
      </Button>
      <Button color="inherit" onClick={onBack}>
        {text('session.back')}
      </Button>
    </Box>
  );
}
