import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import NativeSelect from '@mui/material/NativeSelect';

import { useText } from '../i18n/use-text.ts';
import { Time } from '../show/Time.tsx';
import { PER_PAGE_CHOICES } from './list-address.ts';
import type { AddressedList } from './use-addressed-list.ts';

/** Where one is in the list, and the way on. The count is capped: past it, it says "more than". */
export function Pager({ list }: { list: AddressedList<unknown> }) {
  const text = useText();
  const { address, rows, total, totalAtLeast } = list;
  const from = (address.page - 1) * address.perPage + 1;
  const to = from + (rows?.length ?? 0) - 1;
  const range =
    (rows?.length ?? 0) === 0
      ? text('list.rangeEmpty')
      : total === null
        ? text('list.rangeAtLeast', { from, to, total: Math.max(totalAtLeast - 1, to) })
        : text('list.range', { from, to, total });
  return (
    <Box
      component="nav"
      sx={{
        display: 'flex',
        alignItems: 'center',
        justifyContent: 'flex-end',
        flexWrap: 'wrap',
        gap: 1,
        px: 1.5,
        py: 0.75,
        fontSize: '0.8125rem',
        color: 'text.secondary',
      }}
    >
      {list.searchedTo !== undefined && (
        <Box sx={{ flex: 1, minWidth: 200 }}>
          <SearchedTo searchedTo={list.searchedTo} />{' '}
          {list.searchOn && <Button onClick={list.searchOn}>{text('list.searchOn')}</Button>}
        </Box>
      )}
      <Box component="label" sx={{ display: { xs: 'none', sm: 'flex' }, alignItems: 'center', gap: 1 }}>
        {text('list.perPage')}
        <NativeSelect
          disableUnderline
          value={address.perPage}
          onChange={(event) => {
            list.change({ perPage: Number(event.target.value) });
          }}
          sx={{ fontSize: '0.8125rem', color: 'text.primary' }}
        >
          {[...new Set<number>([...PER_PAGE_CHOICES, address.perPage])].map((count) => (
            <option key={count} value={count}>
              {count}
            </option>
          ))}
        </NativeSelect>
      </Box>
      <span data-testid="range">{range}</span>
      <IconButton size="small" aria-label={text('list.previousPage')} disabled={!list.previous} onClick={list.previous}>
        <ChevronLeft fontSize="small" />
      </IconButton>
      <IconButton size="small" aria-label={text('list.nextPage')} disabled={!list.next} onClick={list.next}>
        <ChevronRight fontSize="small" />
      </IconButton>
    </Box>
  );
}

/** How far a bounded search looked; a time where the cursor is one. */
function SearchedTo({ searchedTo }: { searchedTo: string }) {
  const text = useText();
  if (Number.isNaN(Date.parse(searchedTo))) return <>{text('list.searchedTo', { time: searchedTo })}</>;
  const [before = '', after = ''] = text('list.searchedTo', { time: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <Time at={searchedTo} />
      {after}
    </>
  );
}
