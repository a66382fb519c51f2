import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';
import NativeSelect from '@mui/material/NativeSelect';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';

import { GROUP_VIEWS, type GroupView } from '../../../server/contract/groups.ts';
import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { SearchWords } from '../list/SearchWords.tsx';
import type { AddressedList } from '../list/use-addressed-list.ts';
import { useUser } from '../session/use-user.ts';
import { OFFERED_SORTS, viewOf } from './group-list-spec.ts';

/** What makes a row, which groups, and in which order. All of it stands in the address. */
export function GroupToolbar({ list }: { list: AddressedList<GroupRow> }) {
  const text = useText();
  const user = useUser();
  const { filter, sort } = list.address;
  const mine = user !== undefined && filter['assignee']?.includes(user.fullName) === true;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 1, mb: 1.25 }}>
      <ToggleButtonGroup
        exclusive
        size="small"
        aria-label={text('groups.by')}
        value={viewOf(filter)}
        onChange={(_event, view: GroupView | null) => {
          if (view !== null) list.setFilter('by', view === 'error' ? [] : [view]);
        }}
        sx={{ bgcolor: 'background.paper', '& .MuiToggleButton-root': { py: 0.375, px: 1.25, textTransform: 'none' } }}
      >
        {GROUP_VIEWS.map((view) => (
          <ToggleButton key={view} value={view}>
            {text(`groupView.${view}`)}
          </ToggleButton>
        ))}
      </ToggleButtonGroup>
      <SearchWords list={list} filter="text" label={text('groups.search')} maxLength={500} />
      {(filter['queue'] ?? []).map((queue) => (
        <Chip
          key={queue}
          size="small"
          variant="outlined"
          label={`${text('filter.queue')}: ${queue}`}
          onDelete={() => {
            list.setFilter('queue', filter['queue']?.filter((other) => other !== queue) ?? []);
          }}
          sx={{ height: 28, bgcolor: 'background.paper', fontSize: '0.8125rem', maxWidth: 320 }}
        />
      ))}
      {user !== undefined && (
        <Chip
          clickable
          size="small"
          role="switch"
          aria-checked={mine}
          variant={mine ? 'filled' : 'outlined'}
          color={mine ? 'primary' : 'default'}
          label={text('groups.mine')}
          onClick={() => {
            list.setFilter('assignee', mine ? [] : [user.fullName]);
          }}
          sx={{ height: 28, fontSize: '0.8125rem' }}
        />
      )}
      <Box
        component="label"
        sx={{
          ml: 'auto',
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          fontSize: '0.8125rem',
          color: 'text.secondary',
        }}
      >
        {text('groups.sort')}
        <NativeSelect
          disableUnderline
          value={sort}
          onChange={(event) => {
            list.change({ sort: event.target.value });
          }}
          sx={{ fontSize: '0.8125rem', color: 'text.primary' }}
        >
          {OFFERED_SORTS.map((offered) => (
            <option key={offered} value={offered}>
              {text(`groupSort.${offered}`)}
            </option>
          ))}
        </NativeSelect>
      </Box>
    </Box>
  );
}
