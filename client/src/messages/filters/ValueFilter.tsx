import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { useText } from '../../i18n/use-text.ts';
import type { MessageFilterName } from '../message-list-spec.ts';
import { FailureCountText } from './FailureCountText.tsx';
import { useFilterValues } from './listed-fields.ts';

interface ValueFilterProps {
  name: MessageFilterName;
  label: string;
  chosen: readonly string[];
  onApply: (values: readonly string[]) => void;
}

/** A filter whose values are listed, most failures first. What is typed narrows them, or is a value itself. */
export function ValueFilter({ name, label, chosen, onApply }: ValueFilterProps) {
  const text = useText();
  const [typed, setTyped] = useState('');
  const [values, setValues] = useState(chosen);
  const listed = useFilterValues(name, typed);
  const rows = [
    // What is chosen already stays in sight while others are looked for.
    ...values
      .filter((value) => !listed?.data.some((one) => one.value === value))
      .map((value) => ({ value, failures: null })),
    ...(listed?.data ?? []),
  ];
  const own = typed.trim();
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        onApply(own !== '' && values.length === chosen.length && !values.includes(own) ? [...values, own] : values);
      }}
    >
      <TextField
        fullWidth
        autoFocus
        size="small"
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
        }}
        placeholder={text('filter.narrow')}
        slotProps={{ htmlInput: { 'aria-label': label, maxLength: 255, autoComplete: 'off', spellCheck: false } }}
      />
      <Box sx={{ maxHeight: 300, overflowY: 'auto', mx: -0.75, mt: 0.75 }}>
        {rows.map(({ value, failures }) => (
          <FormControlLabel
            key={value}
            slotProps={{ typography: { variant: 'body2', sx: { flex: 1, minWidth: 0 } } }}
            sx={{ display: 'flex', mx: 0, pr: 0.75 }}
            label={
              <Box component="span" sx={{ display: 'flex', gap: 1, justifyContent: 'space-between' }}>
                <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
                  {value}
                </Box>
                <FailureCountText failures={failures} />
              </Box>
            }
            control={
              <Checkbox
                checked={values.includes(value)}
                onChange={(_event, on) => {
                  setValues(on ? [...values, value] : values.filter((other) => other !== value));
                }}
              />
            }
          />
        ))}
      </Box>
      <Typography variant="caption" color="text.secondary" component="p" sx={{ mt: 0.5 }}>
        {listed?.data.length === 0
          ? text('filter.noneListed')
          : text(listed?.isWhole === false ? 'filter.countsMore' : 'filter.counts')}
      </Typography>
      <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1 }}>
        <Button type="submit" variant="contained">
          {text('common.apply')}
        </Button>
      </Box>
    </Box>
  );
}
