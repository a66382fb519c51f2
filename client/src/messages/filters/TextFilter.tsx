import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useId, useState } from 'react';

import { useText } from '../../i18n/use-text.ts';

interface TextFilterProps {
  label: string;
  kind: 'exact' | 'words' | 'number';
  value: string;
  /** Values that the rows on the screen have. */
  suggestions: readonly string[];
  onApply: (value: string) => void;
}

/** A filter that is typed. */
export function TextFilter({ label, kind, value: initial, suggestions, onApply }: TextFilterProps) {
  const text = useText();
  const listId = useId();
  const [value, setValue] = useState(initial);
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        onApply(value.trim());
      }}
    >
      <TextField
        fullWidth
        size="small"
        autoFocus
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
        }}
        helperText={
          kind === 'exact' ? text('filter.exactHint') : kind === 'words' ? text('filter.textHint') : undefined
        }
        slotProps={{
          htmlInput: {
            'aria-label': label,
            autoComplete: 'off',
            spellCheck: false,
            ...(kind === 'number' ? { inputMode: 'numeric', pattern: '[1-9][0-9]{0,6}' } : { maxLength: 500 }),
            ...(suggestions.length > 0 ? { list: listId } : {}),
          },
        }}
      />
      <datalist id={listId}>
        {suggestions.map((suggestion) => (
          <option key={suggestion} value={suggestion} />
        ))}
      </datalist>
      <Box sx={{ display: 'flex', justifyContent: 'flex-end', mt: 1 }}>
        <Button type="submit" variant="contained">
          {text('common.apply')}
        </Button>
      </Box>
    </Box>
  );
}
