import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import type { AddressedList } from './use-addressed-list.ts';

interface SearchWordsProps {
  list: Pick<AddressedList<unknown>, 'address' | 'setFilter'>;
  /** The name of the filter that they are. */
  filter: string;
  label: string;
  maxLength: number;
}

/** Words that narrow a list; they stand in its address once they are sent. */
export function SearchWords({ list, filter, label, maxLength }: SearchWordsProps) {
  const searched = list.address.filter[filter]?.[0] ?? '';
  return (
    <Words
      // Another address begins with its own words.
      key={searched}
      {...{ initial: searched, label, maxLength }}
      onSearch={(words) => {
        list.setFilter(filter, words === '' ? [] : [words]);
      }}
    />
  );
}

interface WordsProps {
  initial: string;
  label: string;
  maxLength: number;
  onSearch: (words: string) => void;
}

function Words({ initial, label, maxLength, onSearch }: WordsProps) {
  const [words, setWords] = useState(initial);
  return (
    <Box
      component="form"
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        onSearch(words.trim());
      }}
      sx={{ flex: '0 1 300px', minWidth: 180 }}
    >
      <TextField
        fullWidth
        type="search"
        size="small"
        value={words}
        placeholder={label}
        onChange={(event) => {
          setWords(event.target.value);
          // The little cross of the field clears it without a submit.
          if (event.target.value === '' && initial !== '') onSearch('');
        }}
        slotProps={{
          htmlInput: { 'aria-label': label, maxLength, autoComplete: 'off' },
          input: {
            startAdornment: (
              <InputAdornment position="start">
                <Search aria-hidden fontSize="small" />
              </InputAdornment>
            ),
          },
        }}
        sx={{ '& .MuiInputBase-root': { height: 32, bgcolor: 'background.paper' } }}
      />
    </Box>
  );
}
