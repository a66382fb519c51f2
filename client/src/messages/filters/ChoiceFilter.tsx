import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useState } from 'react';

import { useText } from '../../i18n/use-text.ts';

interface ChoiceFilterProps {
  choices: readonly { value: string; label: string }[];
  chosen: readonly string[];
  onApply: (values: readonly string[]) => void;
}

/** A filter with known values; several of them mean "one of these". */
export function ChoiceFilter({ choices, chosen, onApply }: ChoiceFilterProps) {
  const text = useText();
  const [values, setValues] = useState(chosen);
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        onApply(values.length === choices.length ? [] : values);
      }}
    >
      {choices.map(({ value, label }) => (
        <FormControlLabel
          key={value}
          label={label}
          slotProps={{ typography: { variant: 'body2' } }}
          sx={{ display: 'flex', ml: -0.75 }}
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
      <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1 }}>
        <Button type="submit" variant="contained">
          {text('common.apply')}
        </Button>
      </Box>
    </Box>
  );
}
