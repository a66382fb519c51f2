import Box from '@mui/material/Box';
import NativeSelect from '@mui/material/NativeSelect';

import type { User } from '../../../server/contract/schemas/users.ts';
import { useText } from '../i18n/use-text.ts';
import { SearchWords } from '../list/SearchWords.tsx';
import type { AddressedList } from '../list/use-addressed-list.ts';

const STATES = ['current', 'enabled', 'disabled', 'removed'] as const;

/** Which users are listed. All of it stands in the address. */
export function UserToolbar({ list }: { list: AddressedList<User> }) {
  const text = useText();
  const { filter } = list.address;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1.5, mb: 1.25 }}>
      <SearchWords list={list} filter="search" label={text('users.search')} maxLength={64} />
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
