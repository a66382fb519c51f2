import Typography from '@mui/material/Typography';

import type { User } from '../../../server/contract/schemas/users.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { useUserAct } from './use-user-act.ts';

const DONE = {
  disable: 'users.disabled',
  enable: 'users.enabled',
  remove: 'users.removed',
  unlock: 'users.unlocked',
  factor: 'users.factorRemoved',
} as const;
export type UserActName = keyof typeof DONE | 'reset';

interface UserActProps {
  act: UserActName;
  user: User;
  onClose: () => void;
  /** The password that was made; null where there is none to show. */
  onPassword: (username: string, password: string | null) => void;
}

/** Asks before something is done to a user, and says what it means for them. */
export function UserAct({ act, user, onClose, onPassword }: UserActProps) {
  const text = useText();
  const say = useSay();
  const { id, username: name, version } = user;
  const done = useUserAct(
    async () => {
      if (act === 'reset') return (await office.resetPassword(id)).password;
      if (act === 'unlock') await office.unlockUser(id);
      else if (act === 'factor') await office.removeSecondFactorOf(id);
      else if (act === 'remove') await office.removeUser(id);
      else await office.changeUser(id, { disabled: act === 'disable', version });
      return null;
    },
    (password) => {
      if (act === 'reset') onPassword(name, password);
      else {
        say.done(DONE[act], { name });
        onClose();
      }
    },
  );
  return (
    <FormDialog
      title={text(`users.${act}Title`, { name })}
      submit={text(`users.${act}Confirm`)}
      isBusy={done.isPending}
      isEdited={false}
      error={done.error}
      onSubmit={() => {
        done.mutate(undefined);
      }}
      onClose={onClose}
    >
      <Typography variant="body2" color="text.secondary">
        {text(`users.${act}Text`, { name })}
      </Typography>
    </FormDialog>
  );
}
