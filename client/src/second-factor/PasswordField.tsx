import TextField from '@mui/material/TextField';

import { useText } from '../i18n/use-text.ts';

/** The user's own password, asked for again. */
export function PasswordField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const text = useText();
  return (
    <TextField
      label={text('session.password')}
      type="password"
      value={value}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      autoComplete="current-password"
      autoFocus
      required
      fullWidth
      slotProps={{ inputLabel: { required: false }, htmlInput: { maxLength: 1024 } }}
    />
  );
}
