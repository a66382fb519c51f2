import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { PASSWORD_LENGTH, passwordLength } from '../../../server/contract/passwords.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { PasswordField } from '../session/PasswordField.tsx';
import { FormDialog } from '../show/FormDialog.tsx';
import { asForm, lacksPatterns, scopeOf } from './rights-form.ts';
import { RightsFields } from './RightsFields.tsx';
import { useUserAct } from './use-user-act.ts';

const NEW = asForm('viewer', null);

interface CreateUserProps {
  onClose: () => void;
  /** The password that was made; null where one was chosen here. */
  onCreated: (username: string, password: string | null) => void;
}

/** Creates a user with the least role, unless another one is chosen. */
export function CreateUser({ onClose, onCreated }: CreateUserProps) {
  const text = useText();
  const [username, setUsername] = useState('');
  const [form, setForm] = useState(NEW);
  const [chosen, setChosen] = useState<string>();
  const create = useUserAct(
    () =>
      office.createUser({
        username: username.trim(),
        role: form.role,
        scope: scopeOf(form),
        ...(chosen === undefined ? {} : { password: chosen }),
      }),
    ({ user, password }) => {
      onCreated(user.username, password);
    },
  );
  const length = passwordLength(chosen ?? '');
  const blocked =
    username.trim() === ''
      ? text('missing.name')
      : lacksPatterns(form)
        ? text('users.patternsMissing')
        : chosen !== undefined && length < PASSWORD_LENGTH.least
          ? text('password.count', { count: length, least: PASSWORD_LENGTH.least })
          : undefined;
  return (
    <FormDialog
      title={text('users.create')}
      submit={text('users.createConfirm')}
      isBusy={create.isPending}
      isEdited={username !== '' || form !== NEW || (chosen ?? '') !== ''}
      blocked={blocked}
      noValidate
      error={create.error}
      onSubmit={() => {
        create.mutate(undefined);
      }}
      onClose={onClose}
    >
      <Typography variant="body2" color="text.secondary">
        {text('users.createText')}
      </Typography>
      <TextField
        fullWidth
        autoFocus
        required
        size="small"
        margin="normal"
        label={text('users.username')}
        value={username}
        onChange={(event) => {
          setUsername(event.target.value);
        }}
        slotProps={{
          htmlInput: { maxLength: 64, spellCheck: false, autoCapitalize: 'none', autoComplete: 'off' },
          inputLabel: { required: false },
        }}
      />
      <RightsFields form={form} onChange={setForm} />
      <FormControlLabel
        sx={{ mt: 2 }}
        label={text('users.ownPassword')}
        slotProps={{ typography: { variant: 'body2' } }}
        control={
          <Checkbox
            size="small"
            checked={chosen !== undefined}
            onChange={(_event, checked) => {
              setChosen(checked ? '' : undefined);
            }}
          />
        }
      />
      {chosen !== undefined && (
        <PasswordField
          size="small"
          label={text('users.firstPassword')}
          autoComplete="new-password"
          value={chosen}
          onChange={setChosen}
          helperText={text('password.rules', { least: PASSWORD_LENGTH.least })}
        />
      )}
    </FormDialog>
  );
}
