import Add from '@mui/icons-material/Add';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Chip from '@mui/material/Chip';
import { useState } from 'react';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import type { ListAddress } from '../../list/list-address.ts';
import type { AddressedList } from '../../list/use-addressed-list.ts';
import { MESSAGE_FILTER_NAMES, statusTab, type MessageFilterName } from '../message-list-spec.ts';
import { FilterPicker, type FilterChanges } from './FilterPicker.tsx';
import { FilterTextField } from './FilterTextField.tsx';
import { isSingle } from './filter-text.ts';
import { useFilterWords } from './use-filter-words.ts';

/** The filters in force as chips, and the way to add one. A click on a chip changes it. */
export function FilterBar({ list }: { list: AddressedList<Message> }) {
  const text = useText();
  const words = useFilterWords();
  const [picking, setPicking] = useState<{ anchor: HTMLElement; name?: MessageFilterName }>();
  const { filter } = list.address;
  const active = MESSAGE_FILTER_NAMES.filter((name) => (filter[name]?.length ?? 0) > 0);
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'flex-start',
        gap: 0.75,
        mb: 1.25,
        minHeight: 32,
        '& > *': { my: '2px' },
      }}
    >
      <FilterTextField
        onApply={(changes) => {
          list.change({ filter: { ...filter, ...withMore(filter, changes) } });
        }}
      />
      {active.map((name) => {
        const values = (filter[name] ?? []).map((value) => words.value(name, value)).join(', ');
        const relative = name === 'failedAfter' && (filter[name]?.[0] ?? '').startsWith('-');
        return (
          <Chip
            key={name}
            size="small"
            variant="outlined"
            label={
              <>
                <Box component="span" sx={{ color: 'text.secondary' }}>
                  {relative ? text('filter.failed') : words.name(name)}:
                </Box>{' '}
                {values}
              </>
            }
            onClick={(event) => {
              setPicking({ anchor: event.currentTarget, name });
            }}
            onDelete={() => {
              list.setFilter(name, []);
            }}
            data-testid={`filter-${name}`}
            sx={{ height: 28, bgcolor: 'background.paper', fontSize: '0.8125rem', maxWidth: 420 }}
          />
        );
      })}
      <Button
        color="inherit"
        startIcon={<Add aria-hidden />}
        aria-haspopup="dialog"
        onClick={(event) => {
          setPicking({ anchor: event.currentTarget });
        }}
        sx={{ color: 'text.secondary', height: 28 }}
      >
        {text('filter.add')}
      </Button>
      {active.length > 1 && (
        <Button
          color="inherit"
          onClick={() => {
            const tab = statusTab(filter);
            list.change({ filter: tab === 'pending' ? {} : { status: [tab] } });
          }}
          sx={{ color: 'text.secondary', height: 28 }}
        >
          {text('filter.clear')}
        </Button>
      )}
      {picking && (
        <FilterPicker
          anchor={picking.anchor}
          initial={picking.name}
          filter={filter}
          rows={list.rows ?? []}
          onApply={(changes) => {
            setPicking(undefined);
            list.change({ filter: { ...filter, ...changes } });
          }}
          onClose={() => {
            setPicking(undefined);
          }}
        />
      )}
    </Box>
  );
}

/** What is typed comes to the values that are chosen already, where a filter can have several. */
function withMore(filter: ListAddress['filter'], changes: FilterChanges): FilterChanges {
  return Object.fromEntries(
    MESSAGE_FILTER_NAMES.flatMap((name) => {
      const values = changes[name];
      if (values === undefined) return [];
      return [[name, isSingle(name) ? values : [...new Set([...(filter[name] ?? []), ...values])]]];
    }),
  );
}
