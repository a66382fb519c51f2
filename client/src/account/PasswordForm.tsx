import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';

import type { Session } from '../../../server/contract/schemas/session.ts';
import { PASSWORD_LENGTH, passwordLength } from '../../../server/contract/passwords.ts';
import { office } from '../api/office.ts';
import { OfficeError } from '../api/office-error.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { PasswordField } from '../session/PasswordField.tsx';
import { useRenewUser, useUser } from '../session/use-user.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { useSay } from '../show/use-say.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';

const EMPTY = { current: '', new: '', repeat: '' };

/** Sets a password of one's own. `isFirst`: in place of the one that somebody else has set. */
export function PasswordForm({ isFirst = false }: { isFirst?: boolean }) {
  const text = useText();
  const say = useSay();
  const user = useUser();
  const guard = useSessionGuard();
  const renew = useRenewUser();
  const rulesId = useId();
  const [form, setForm] = useState(EMPTY);
  const isEdited = Object.values(form).some((value) => value !== '');
  const { forget } = useUnsavedEdits(isEdited && !isFirst);
  const change = useMutation<Session>({
    mutationFn: () => guard(office.changePassword({ current: form.current, new: form.new })),
    onSuccess: async (answer) => {
      forget();
      setForm(EMPTY);
      say.done('password.changed');
      await renew(answer.user);
    },
  });
  const fault = faultOf(change.error);
  const length = passwordLength(form.new);
  const isRepeated = form.repeat === form.new;
  const isWhole = form.current !== '' && form.new !== '' && form.repeat !== '';
  const blocked = !isWhole
    ? text('password.fill')
    : length < PASSWORD_LENGTH.least
      ? text('password.count', { count: length, least: PASSWORD_LENGTH.least })
      : isRepeated
        ? undefined
        : text('password.notSame');
  const set = (field: keyof typeof EMPTY) => (value: string) => {
    change.reset();
    setForm({ ...form, [field]: value });
  };
  return (
    <Box
      component="form"
      noValidate
      sx={{ display: 'grid', gap: 2 }}
      onSubmit={(event) => {
        event.preventDefault();
        if (blocked === undefined && !change.isPending) change.mutate();
      }}
    >
      {/* For the password manager of the browser. */}
      <input type="text" name="username" autoComplete="username" value={user?.fullName ?? ''} readOnly hidden />
      <PasswordField
        size="small"
        label={text(isFirst ? 'password.oneTime' : 'password.current')}
        autoComplete="current-password"
        autoFocus={isFirst}
        value={form.current}
        onChange={set('current')}
        error={fault?.field === 'current'}
        helperText={fault?.field === 'current' ? text(`errors.${fault.code}`) : undefined}
      />
      <Typography id={rulesId} variant="body2" color="text.secondary">
        {text('password.rules', { least: PASSWORD_LENGTH.least })}
      </Typography>
      <PasswordField
        size="small"
        label={text('password.new')}
        autoComplete="new-password"
        aria-describedby={rulesId}
        value={form.new}
        onChange={set('new')}
        error={fault?.field === 'new'}
        helperText={
          fault?.field === 'new'
            ? text(`errors.${fault.code}`)
            : text('password.count', { count: length, least: PASSWORD_LENGTH.least })
        }
      />
      <PasswordField
        size="small"
        label={text('password.repeat')}
        autoComplete="new-password"
        value={form.repeat}
        onChange={set('repeat')}
        error={form.repeat !== '' && !isRepeated}
        helperText={form.repeat !== '' && !isRepeated ? text('password.notSame') : undefined}
      />
      {!isFirst && (
        <Typography variant="body2" color="text.secondary">
          {text('password.othersEnd')}
        </Typography>
      )}
      {change.error !== null && fault === undefined && <ActFault error={change.error} />}
      <div>
        <GatedButton blocked={blocked} type="submit" variant="contained" loading={change.isPending}>
          {text(isFirst ? 'password.set' : 'password.change')}
        </GatedButton>
      </div>
    </Box>
  );
}

const OF_NEW = [
  'password.tooShort',
  'password.isOld',
  'password.likeName',
  'password.pattern',
  'password.common',
] as const;

/** What is said beside a field, and not below the form. */
function faultOf(error: unknown) {
  if (!(error instanceof OfficeError)) return undefined;
  if (error.code === 'password.wrongCurrent') return { field: 'current', code: error.code } as const;
  const code = OF_NEW.find((one) => one === error.code);
  return code && ({ field: 'new', code } as const);
}
