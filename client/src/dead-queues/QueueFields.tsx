import Box from '@mui/material/Box';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import { useId } from 'react';

import { WHEN_AWAY, type WhenAway } from '../../../server/contract/dead-queues.ts';
import type { DeadQueueChange } from '../../../server/contract/schemas/dead-queues.ts';
import { useText } from '../i18n/use-text.ts';

/** The settings of a dead queue as they stand in the form: text until they are saved. */
export interface QueueForm {
  watched: boolean;
  prefetch: string;
  stripHeaders: string;
  addHeader: boolean;
  whenDatabaseAway: WhenAway;
  needsApproval: boolean;
}

export const NEW_QUEUE: QueueForm = {
  watched: true,
  prefetch: '',
  stripHeaders: '',
  addHeader: true,
  whenDatabaseAway: 'hold',
  needsApproval: false,
};

/** Whether two forms say something else. */
export function isEdited(form: QueueForm, before: QueueForm): boolean {
  return Object.entries(form).some(([field, value]) => value !== before[field as keyof QueueForm]);
}

export function asChange({ prefetch, stripHeaders, ...others }: QueueForm): DeadQueueChange {
  const names = stripHeaders
    .split('\n')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return {
    ...others,
    prefetch: prefetch === '' ? null : Number(prefetch),
    stripHeaders: [...new Set(names)],
  };
}

/** The settings that every dead queue has. */
export function QueueFields({ form, onChange }: { form: QueueForm; onChange: (form: QueueForm) => void }) {
  const text = useText();
  const whenAwayId = useId();
  return (
    <Box sx={{ display: 'grid', gap: 2, mt: 1 }}>
      <div>
        <FormControlLabel
          label={text('deadQueues.watched')}
          slotProps={{ typography: { variant: 'body2' } }}
          control={
            <Switch
              size="small"
              checked={form.watched}
              onChange={(_event, watched) => {
                onChange({ ...form, watched });
              }}
            />
          }
        />
      </div>
      <div>
        <FormControlLabel
          label={text('deadQueues.addHeader')}
          slotProps={{ typography: { variant: 'body2' } }}
          control={
            <Switch
              size="small"
              checked={form.addHeader}
              onChange={(_event, addHeader) => {
                onChange({ ...form, addHeader });
              }}
            />
          }
        />
        <FormHelperText>{text('deadQueues.addHeaderHint')}</FormHelperText>
      </div>
      <div>
        <FormControlLabel
          label={text('deadQueues.needsApproval')}
          slotProps={{ typography: { variant: 'body2' } }}
          control={
            <Switch
              size="small"
              checked={form.needsApproval}
              onChange={(_event, needsApproval) => {
                onChange({ ...form, needsApproval });
              }}
            />
          }
        />
        <FormHelperText>{text('deadQueues.needsApprovalHint')}</FormHelperText>
      </div>
      <FormControl>
        <FormLabel id={whenAwayId} sx={{ fontSize: '0.8125rem' }}>
          {text('deadQueues.whenAway')}
        </FormLabel>
        <RadioGroup
          aria-labelledby={whenAwayId}
          value={form.whenDatabaseAway}
          onChange={(_event, value) => {
            const whenDatabaseAway = WHEN_AWAY.find((one) => one === value);
            if (whenDatabaseAway) onChange({ ...form, whenDatabaseAway });
          }}
        >
          {WHEN_AWAY.map((one) => (
            <FormControlLabel
              key={one}
              value={one}
              label={text(`whenAway.${one}`)}
              control={<Radio size="small" />}
              slotProps={{ typography: { variant: 'body2' } }}
            />
          ))}
        </RadioGroup>
        <FormHelperText sx={{ mx: 0 }}>{text(`whenAwayMeans.${form.whenDatabaseAway}`)}</FormHelperText>
      </FormControl>
      <TextField
        size="small"
        multiline
        minRows={2}
        maxRows={6}
        label={text('deadQueues.stripHeaders')}
        helperText={text('deadQueues.stripHeadersHint')}
        value={form.stripHeaders}
        onChange={(event) => {
          onChange({ ...form, stripHeaders: event.target.value });
        }}
        slotProps={{ htmlInput: { spellCheck: false } }}
      />
      <TextField
        size="small"
        type="number"
        label={text('deadQueues.prefetch')}
        helperText={text('deadQueues.prefetchHint')}
        placeholder={text('deadQueues.default')}
        value={form.prefetch}
        onChange={(event) => {
          onChange({ ...form, prefetch: event.target.value });
        }}
        slotProps={{ htmlInput: { min: 1, max: 10_000, step: 1 }, inputLabel: { shrink: true } }}
      />
    </Box>
  );
}
