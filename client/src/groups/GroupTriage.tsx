import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { MAX_GROUP_NOTE, MAX_TRACKER_URL, SET_GROUP_STATES } from '../../../server/contract/groups.ts';
import type { Group } from '../../../server/contract/schemas/groups.ts';
import { office } from '../api/office.ts';
import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { useNow } from '../show/use-now.ts';
import { useSay } from '../show/use-say.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { asForm, changeOf, isEdited, wrongFields, type GroupForm } from './group-form.ts';
import { useGroupAct } from './use-group.ts';

/** Who is on it, its state, a note, a link. What somebody else changed meanwhile is not overwritten. */
export function GroupTriage({ group, blocked }: { group: Group; blocked: string | undefined }) {
  const text = useText();
  const say = useSay();
  const now = useNow().getTime();
  // Only what was typed is kept, with the version that was on the screen then; everything else follows the office.
  const [typed, setTyped] = useState<{ fields: Partial<GroupForm>; version: number }>();
  const form = { ...asForm(group, now), ...typed?.fields };
  const change = changeOf(typed?.fields ?? {}, group, now, typed?.version ?? group.version);
  const wrong = wrongFields(form, now);
  useUnsavedEdits(isEdited(typed?.fields ?? {}, group, now));
  const save = useGroupAct(
    (wanted: typeof change) => office.changeGroup(group.id, wanted),
    () => {
      setTyped(undefined);
      say.done('groups.saved');
    },
  );
  const set = (fields: Partial<GroupForm>) => {
    // After a refusal the next press is about what is on the screen by now.
    const wasRefused = save.error instanceof OfficeError && save.error.code === 'group.changed';
    if (save.error) save.reset();
    setTyped({
      fields: { ...typed?.fields, ...fields },
      version: wasRefused ? group.version : (typed?.version ?? group.version),
    });
  };
  const user = useUser();
  const why =
    blocked ??
    (wrong.size > 0
      ? text('groups.invalid')
      : Object.keys(change).length === 1
        ? text('settings.unchanged')
        : undefined);
  const common = { size: 'small', margin: 'dense', fullWidth: true, disabled: blocked !== undefined } as const;
  const assignable = [...new Set([...group.assignable, form.assignee])].filter((name) => name !== '');
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (why === undefined && !save.isPending) save.mutate(change);
      }}
    >
      <Box sx={{ display: 'grid', columnGap: 1.5, gridTemplateColumns: { sm: '1fr 1fr' } }}>
        <TextField
          {...common}
          select
          label={text('column.status')}
          value={form.state}
          onChange={(event) => {
            set({ state: SET_GROUP_STATES.find((state) => state === event.target.value) ?? '' });
          }}
          helperText={form.state === '' ? undefined : text(`groupStateMeans.${form.state}`)}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          {group.state === 'regressed' && <option value="">{text('groupState.regressed')}</option>}
          {SET_GROUP_STATES.map((state) => (
            <option key={state} value={state}>
              {text(`groupState.${state}`)}
            </option>
          ))}
        </TextField>
        <TextField
          {...common}
          select
          label={text('groups.assignee')}
          value={form.assignee}
          onChange={(event) => {
            set({ assignee: event.target.value });
          }}
          slotProps={{ select: { native: true }, inputLabel: { shrink: true } }}
        >
          <option value="">{text('groups.nobody')}</option>
          {assignable.map((name) => (
            <option key={name} value={name}>
              {name === user?.fullName ? text('groups.me', { name }) : name}
            </option>
          ))}
        </TextField>
      </Box>
      {form.state === 'snoozed' && (
        <TextField
          {...common}
          type="datetime-local"
          label={text('groups.snoozedUntil')}
          value={form.snoozedUntil}
          error={wrong.has('snoozedUntil')}
          helperText={wrong.has('snoozedUntil') ? text('errors.group.snoozeTime') : undefined}
          onChange={(event) => {
            set({ snoozedUntil: event.target.value });
          }}
          slotProps={{ inputLabel: { shrink: true } }}
        />
      )}
      <TextField
        {...common}
        multiline
        minRows={2}
        maxRows={10}
        label={text('groups.note')}
        placeholder={text('groups.notePlaceholder')}
        value={form.note}
        onChange={(event) => {
          set({ note: event.target.value });
        }}
        slotProps={{ htmlInput: { maxLength: MAX_GROUP_NOTE }, inputLabel: { shrink: true } }}
      />
      <TextField
        {...common}
        type="url"
        label={text('groups.trackerUrl')}
        placeholder="https://"
        value={form.trackerUrl}
        error={wrong.has('trackerUrl')}
        helperText={wrong.has('trackerUrl') ? text('groups.trackerWrong') : undefined}
        onChange={(event) => {
          set({ trackerUrl: event.target.value });
        }}
        slotProps={{ htmlInput: { maxLength: MAX_TRACKER_URL }, inputLabel: { shrink: true } }}
      />
      {save.error && <ActFault error={save.error} />}
      <GatedButton blocked={why} type="submit" variant="contained" loading={save.isPending} sx={{ mt: 1 }}>
        {text('common.save')}
      </GatedButton>
    </Box>
  );
}
