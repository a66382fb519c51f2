import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import MenuList from '@mui/material/MenuList';
import Popover from '@mui/material/Popover';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import type { ListAddress } from '../../list/list-address.ts';
import type { MessageFilterName } from '../message-list-spec.ts';
import { ChoiceFilter } from './ChoiceFilter.tsx';
import { FILTER_FIELDS, type FilterField } from './filter-fields.ts';
import { listedField } from './listed-fields.ts';
import { TextFilter } from './TextFilter.tsx';
import { TimeFilter } from './TimeFilter.tsx';
import { useFilterWords } from './use-filter-words.ts';
import { ValueFilter } from './ValueFilter.tsx';

export type FilterChanges = Partial<Record<MessageFilterName, readonly string[]>>;

interface FilterPickerProps {
  anchor: HTMLElement;
  /** The filter to change; without it the menu of all of them comes first. */
  initial: MessageFilterName | undefined;
  filter: ListAddress['filter'];
  rows: readonly Message[];
  onApply: (changes: FilterChanges) => void;
  onClose: () => void;
}

/** Chooses a filter, then its value. */
export function FilterPicker({ anchor, initial, filter, rows, onApply, onClose }: FilterPickerProps) {
  const text = useText();
  const words = useFilterWords();
  const [field, setField] = useState<FilterField | undefined>(() =>
    initial === undefined
      ? undefined
      : (FILTER_FIELDS.find(({ name }) => name === (initial === 'failedBefore' ? 'failedAfter' : initial)) ?? {
          name: initial,
          kind: 'exact',
        }),
  );
  const label = (name: MessageFilterName) => (name === 'failedAfter' ? text('filter.failed') : words.name(name));
  return (
    <Popover
      open
      anchorEl={anchor}
      onClose={onClose}
      anchorOrigin={{ vertical: 'bottom', horizontal: 'left' }}
      slotProps={{
        paper: { 'aria-label': text('filter.add'), role: 'dialog', variant: 'outlined', sx: { mt: 0.5, width: 300 } },
      }}
    >
      {!field ? (
        <MenuList autoFocusItem dense>
          {FILTER_FIELDS.map((one) => (
            <MenuItem
              key={one.name}
              onClick={() => {
                setField(one);
              }}
            >
              {label(one.name)}
            </MenuItem>
          ))}
        </MenuList>
      ) : (
        <Box sx={{ p: 1.5 }}>
          <Typography variant="h3" component="p" sx={{ mb: 1 }}>
            {label(field.name)}
          </Typography>
          {editor(field)}
        </Box>
      )}
    </Popover>
  );

  function editor(chosen: FilterField) {
    const values = filter[chosen.name] ?? [];
    const apply = (next: readonly string[]) => {
      onApply({ [chosen.name]: next });
    };
    if (chosen.kind === 'time') return <TimeFilter filter={filter} onApply={onApply} />;
    if (chosen.kind === 'choice') {
      return (
        <ChoiceFilter
          choices={chosen.values.map((value) => ({ value, label: words.value(chosen.name, value) }))}
          chosen={values}
          onApply={apply}
        />
      );
    }
    if (listedField(chosen.name)) {
      return <ValueFilter name={chosen.name} label={label(chosen.name)} chosen={values} onApply={apply} />;
    }
    const suggestions =
      chosen.kind === 'exact' && chosen.suggest
        ? [...new Set(rows.flatMap((row) => chosen.suggest?.(row) ?? []).filter((value) => value !== null))]
        : [];
    return (
      <TextFilter
        label={label(chosen.name)}
        kind={chosen.kind}
        value={values.join(', ')}
        suggestions={suggestions}
        onApply={(value) => {
          apply(value === '' ? [] : [value]);
        }}
      />
    );
  }
}
