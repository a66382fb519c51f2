import { useState } from 'react';

import type { User } from '../../../server/contract/schemas/users.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { asForm, lacksPatterns, scopeOf } from './rights-form.ts';
import { RightsFields } from './RightsFields.tsx';
import { useUserAct } from './use-user-act.ts';

/** Changes what a user may do and see. It takes effect at once. */
export function EditUser({ user: given, onClose }: { user: User; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  // What was seen when it was opened: where somebody else has changed it since, the office says so.
  const [user] = useState(given);
  const [form, setForm] = useState(() => asForm(user.role, user.scope));
  const isEdited = form.role !== user.role || JSON.stringify(scopeOf(form)) !== JSON.stringify(user.scope);
  const save = useUserAct(
    () => office.changeUser(user.id, { role: form.role, scope: scopeOf(form), version: user.version }),
    () => {
      say.done('users.saved', { name: user.username });
      onClose();
    },
  );
  return (
    <FormDialog
      title={text('users.editOf', { name: user.username })}
      submit={text('common.save')}
      isBusy={save.isPending}
      isEdited={isEdited}
      blocked={lacksPatterns(form) ? text('users.patternsMissing') : isEdited ? undefined : text('users.unchanged')}
      error={save.error}
      onSubmit={() => {
        save.mutate(undefined);
      }}
      onClose={onClose}
    >
      <RightsFields form={form} onChange={setForm} />
    </FormDialog>
  );
}
