import Search from '@mui/icons-material/Search';
import Autocomplete from '@mui/material/Autocomplete';
import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useRef, useState } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { Key } from '../../keyboard/Key.tsx';
import { useShortcut } from '../../keyboard/use-shortcut.ts';
import type { FilterChanges } from './FilterPicker.tsx';
import { FilterTextFaults } from './FilterTextFaults.tsx';
import { FailureCountText } from './FailureCountText.tsx';
import { parseFilterText, type FilterTextFault } from './filter-text.ts';
import { useFilterCompletions, type Completion } from './use-filter-completions.ts';

/** Filters as one types them, with completion of fields and values. `/` puts the cursor here. */
export function FilterTextField({ onApply }: { onApply: (changes: FilterChanges) => void }) {
  const text = useText();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [faults, setFaults] = useState<readonly FilterTextFault[]>([]);
  const completions = useFilterCompletions(typed, isOpen);
  const isShown = isOpen && completions.length > 0;
  useShortcut('/', () => {
    input.current?.focus();
    input.current?.select();
  });

  const apply = (whole: string) => {
    const parsed = parseFilterText(whole, new Date());
    setFaults(parsed.faults);
    // What is understood waits with what is not: half a filter shows other messages than were meant.
    if (parsed.faults.length > 0) return;
    setTyped('');
    setOpen(false);
    if (Object.keys(parsed.changes).length > 0) onApply(parsed.changes);
  };
  return (
    <Box sx={{ flex: '1 1 320px', maxWidth: 520 }}>
      <Autocomplete<Completion, false, false, true>
        freeSolo
        openOnFocus
        options={[...completions]}
        filterOptions={(options) => options}
        getOptionLabel={(option) => (typeof option === 'string' ? option : option.typed)}
        value={null}
        inputValue={typed}
        open={isShown}
        slotProps={{ paper: { variant: 'outlined' } }}
        onOpen={() => {
          setOpen(true);
        }}
        onClose={(_event, reason) => {
          if (reason !== 'selectOption') setOpen(false);
        }}
        onInputChange={(_event, value, reason) => {
          if (reason !== 'input') return;
          setTyped(value);
          setFaults([]);
          setOpen(true);
        }}
        onChange={(_event, chosen, reason) => {
          if (reason === 'createOption') apply(typed);
          else if (chosen !== null && typeof chosen !== 'string') {
            if (chosen.isWhole) apply(chosen.typed);
            else setTyped(chosen.typed);
          }
        }}
        renderOption={({ key: _key, ...props }, option) => (
          <Box component="li" {...props} key={option.typed} sx={{ display: 'flex', gap: 1.5, fontSize: '0.8125rem' }}>
            <Box component="span" sx={{ overflowWrap: 'anywhere', fontWeight: option.isWhole ? 400 : 600 }}>
              {option.label}
            </Box>
            <Box component="span" sx={{ ml: 'auto !important', color: 'text.secondary', textAlign: 'right' }}>
              {option.hint ?? <FailureCountText failures={option.failures ?? null} />}
            </Box>
          </Box>
        )}
        renderInput={(params) => (
          <TextField
            {...params}
            inputRef={input}
            size="small"
            placeholder={text('filter.type')}
            onKeyDown={(event) => {
              if (event.key === 'Escape' && !isShown) input.current?.blur();
            }}
            slotProps={{
              htmlInput: {
                ...params.inputProps,
                'aria-label': text('filter.typeLabel'),
                maxLength: 1000,
                autoComplete: 'off',
                spellCheck: false,
              },
              input: {
                ...params.InputProps,
                startAdornment: (
                  <InputAdornment position="start">
                    <Search aria-hidden sx={{ fontSize: 18 }} />
                  </InputAdornment>
                ),
                endAdornment: (
                  <Box aria-hidden component="span">
                    <Key>/</Key>
                  </Box>
                ),
              },
            }}
            sx={{
              '& .MuiOutlinedInput-root': { bgcolor: 'background.paper', py: '2px !important', pr: '9px !important' },
            }}
          />
        )}
      />
      <FilterTextFaults faults={faults} />
    </Box>
  );
}
