import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { Settings } from '../../../server/contract/schemas/settings.ts';
import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { useSay } from '../show/use-say.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { RetentionPreview, useRetentionPreview } from './RetentionPreview.tsx';
import {
  asForm,
  changedTerms,
  changeOf,
  SETTING_RANGES,
  wrongSettings,
  type SettingsField,
  type SettingsForm as Form,
} from './settings-form.ts';
import { useChangeSettings } from './use-settings.ts';

interface SettingsFormProps {
  settings: Settings;
  /** Why nothing can be saved; undefined where it can. */
  blocked: string | undefined;
}

/** The settings as fields. New retention terms say what they would remove before they can be saved. */
export function SettingsForm({ settings, blocked }: SettingsFormProps) {
  const text = useText();
  const say = useSay();
  // Only what was typed is kept; everything else follows the office.
  const [typed, setTyped] = useState<Partial<Form>>({});
  const form: Form = { ...asForm(settings), ...typed };
  const change = changeOf(form, settings);
  const wrong = wrongSettings(form);
  const isChanged = Object.keys(change).length > 0;
  useUnsavedEdits(isChanged || wrong.length > 0);
  const preview = useRetentionPreview(wrong.length === 0 ? changedTerms(change, settings) : undefined);
  const save = useChangeSettings(() => {
    setTyped({});
    say.done('settings.saved');
  });
  const why =
    blocked ??
    (wrong.length > 0
      ? text('settings.invalid')
      : !isChanged
        ? text('settings.unchanged')
        : preview.isCounting
          ? text('settings.previewCounting')
          : undefined);
  const field = (name: SettingsField) => {
    const isWrong = wrong.includes(name);
    return (
      <TextField
        size="small"
        margin="normal"
        fullWidth
        label={text(`settings.${name}`)}
        value={form[name]}
        disabled={blocked !== undefined}
        error={isWrong}
        helperText={
          isWrong
            ? text('settings.number', { from: SETTING_RANGES[name].from, to: SETTING_RANGES[name].to })
            : text(`settings.${name}Hint`)
        }
        onChange={(event) => {
          setTyped({ ...typed, [name]: event.target.value });
        }}
        slotProps={{ htmlInput: { inputMode: 'numeric', autoComplete: 'off' }, inputLabel: { shrink: true } }}
      />
    );
  };
  return (
    <Box
      component="form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (why === undefined && !save.isPending) save.mutate(change);
      }}
    >
      <Typography variant="h2">{text('settings.reasons')}</Typography>
      {field('reasonRequiredFrom')}
      <Typography variant="h2" sx={{ mt: 3 }}>
        {text('settings.largeOperations')}
      </Typography>
      {field('largeOperationFrom')}
      {field('approvalFrom')}
      <Typography variant="h2" sx={{ mt: 3 }}>
        {text('settings.retention')}
      </Typography>
      {field('contentsKeptDays')}
      {field('recordsKeptDays')}
      <RetentionPreview {...preview} />
      {save.error && <ActFault error={save.error} />}
      <GatedButton blocked={why} type="submit" variant="contained" loading={save.isPending} sx={{ mt: 2 }}>
        {text('common.save')}
      </GatedButton>
    </Box>
  );
}
