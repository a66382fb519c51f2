import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import NativeSelect from '@mui/material/NativeSelect';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import type { User } from '../../../server/contract/schemas/users.ts';
import { useText } from '../i18n/use-text.ts';
import type { AddressedList } from '../list/use-addressed-list.ts';

const STATES = ['current', 'enabled', 'disabled', 'removed'] as const;

/** Which users are listed. All of it stands in the address. */
export function UserToolbar({ list }: { list: AddressedList<User> }) {
  const text = useText();
  const { filter } = list.address;
  const words = filter['search']?.[0] ?? '';
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, mb: 1.25 }}>
      {/* Another address begins with its own words. */}
      <Words
        key={words}
        initial={words}
        onSearch={(searched) => {
          list.setFilter('search', searched === '' ? [] : [searched]);
        }}
      />
      <Box
        component="label"
        sx={{ display: 'flex', alignItems: 'center', gap: 1, fontSize: '0.8125rem', color: 'text.secondary' }}
      >
        {text('users.show')}
        <NativeSelect
          disableUnderline
          value={filter['state']?.[0] ?? 'current'}
          onChange={(event) => {
            const state = event.target.value;
            list.setFilter('state', state === 'current' ? [] : [state]);
          }}
          sx={{ fontSize: '0.8125rem', color: 'text.primary' }}
        >
          {STATES.map((state) => (
            <option key={state} value={state}>
              {text(`users.states.${state}`)}
            </option>
          ))}
        </NativeSelect>
      </Box>
    </Box>
  );
}

function Words({ initial, onSearch }: { initial: string; onSearch: (words: string) => void }) {
  const text = useText();
  const [words, setWords] = useState(initial);
  return (
    <Box
      component="form"
      role="search"
      aria-label={text('users.search')}
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
        placeholder={text('users.search')}
        onChange={(event) => {
          setWords(event.target.value);
          // The little cross of the field clears it without a submit.
          if (event.target.value === '' && initial !== '') onSearch('');
        }}
        slotProps={{
          htmlInput: { 'aria-label': text('users.search'), maxLength: 64, autoComplete: 'off' },
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
