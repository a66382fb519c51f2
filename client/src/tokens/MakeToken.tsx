import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { ROLES, roleReaches, type Role } from '../../../server/contract/access.ts';
import type { MadeApiToken } from '../../../server/contract/schemas/tokens.ts';
import { TOKEN_DAYS } from '../../../server/contract/tokens.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useTokenAct } from './token-queries.ts';

const DAYS: readonly number[] = [7, 30, TOKEN_DAYS.usual, 180, TOKEN_DAYS.most];

interface MakeTokenProps {
  onMade: (token: MadeApiToken) => void;
  onClose: () => void;
}

/** What a new token is called, may do, and how long. */
export function MakeToken({ onMade, onClose }: MakeTokenProps) {
  const text = useText();
  const user = useUser();
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('viewer');
  const [scope, setScope] = useState('');
  const [days, setDays] = useState<number>(TOKEN_DAYS.usual);
  const make = useTokenAct(office.makeToken, onMade);
  const patterns = [...new Set(scope.split('\n').map((line) => line.trim()))].filter((line) => line !== '');
  const mine = user?.role ?? 'viewer';
  return (
    <FormDialog
      title={text('tokens.addTitle')}
      submit={text('tokens.make')}
      isBusy={make.isPending}
      isEdited={name.trim() !== '' || patterns.length > 0}
      blocked={name.trim() === '' ? text('missing.name') : undefined}
      noValidate
      error={make.error}
      onSubmit={() => {
        make.mutate({
          ...{ name: name.trim(), role, expiresInDays: days },
          scope: patterns.length === 0 ? null : patterns,
        });
      }}
      onClose={onClose}
    >
      <TextField
        autoFocus
        fullWidth
        required
        size="small"
        margin="normal"
        label={text('tokens.name')}
        placeholder={text('tokens.namePlaceholder')}
        helperText={text('tokens.nameHint')}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
        slotProps={{ htmlInput: { maxLength: 128, autoComplete: 'off' } }}
      />
      <TextField
        select
        fullWidth
        size="small"
        margin="normal"
        label={text('tokens.role')}
        helperText={text('tokens.roleHint')}
        value={role}
        onChange={(event) => {
          const chosen = ROLES.find((one) => one === event.target.value);
          if (chosen) setRole(chosen);
        }}
      >
        {ROLES.filter((one) => roleReaches(mine, one)).map((one) => (
          <MenuItem key={one} value={one}>
            {text(`role.${one}`)}
          </MenuItem>
        ))}
      </TextField>
      <TextField
        fullWidth
        multiline
        minRows={2}
        maxRows={6}
        size="small"
        margin="normal"
        label={text('tokens.scope')}
        helperText={text('tokens.scopeHint')}
        value={scope}
        onChange={(event) => {
          setScope(event.target.value);
        }}
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
      <TextField
        select
        fullWidth
        size="small"
        margin="normal"
        label={text('tokens.expiry')}
        value={days}
        onChange={(event) => {
          setDays(Number(event.target.value));
        }}
      >
        {DAYS.map((count) => (
          <MenuItem key={count} value={count}>
            {text('tokens.days', { count })}
          </MenuItem>
        ))}
      </TextField>
    </FormDialog>
  );
}
