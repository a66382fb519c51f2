import Visibility from '@mui/icons-material/VisibilityOutlined';
import VisibilityOff from '@mui/icons-material/VisibilityOffOutlined';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import TextField, { type TextFieldProps } from '@mui/material/TextField';
import { useState } from 'react';

import { PASSWORD_LENGTH } from '../../../server/contract/passwords.ts';
import { useText } from '../i18n/use-text.ts';

interface PasswordFieldProps extends Omit<TextFieldProps, 'onChange' | 'value' | 'type' | 'slotProps'> {
  label: string;
  value: string;
  autoComplete: 'current-password' | 'new-password';
  onChange: (value: string) => void;
}

/** A password that can be shown while it is typed. */
export function PasswordField({ onChange, ...rest }: PasswordFieldProps) {
  const text = useText();
  const [shown, setShown] = useState(false);
  return (
    <TextField
      required
      fullWidth
      {...rest}
      type={shown ? 'text' : 'password'}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      slotProps={{
        inputLabel: { required: false },
        htmlInput: { maxLength: PASSWORD_LENGTH.most, autoCapitalize: 'none', spellCheck: false },
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
  );
}
