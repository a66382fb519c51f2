import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Divider from '@mui/material/Divider';
import { useState } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { asIso, asLocalInput } from '../../show/local-time.ts';
import { LocalTime } from '../../show/LocalTime.tsx';
import type { ListAddress } from '../../list/list-address.ts';
import { relativeSpan } from '../message-list-spec.ts';
import { TIME_PRESETS } from './filter-fields.ts';
import type { FilterChanges } from './FilterPicker.tsx';
import { useFilterWords } from './use-filter-words.ts';

/** A range of time: one of the last spans, which moves along with the clock, or from … to …, which stands. */
export function TimeFilter({
  filter,
  onApply,
}: {
  filter: ListAddress['filter'];
  onApply: (changes: FilterChanges) => void;
}) {
  const text = useText();
  const words = useFilterWords();
  const [from, setFrom] = useState(() => standing(filter['failedAfter']?.[0]));
  const [to, setTo] = useState(() => standing(filter['failedBefore']?.[0]));
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
        {TIME_PRESETS.map((preset) => (
          <Button
            key={preset}
            variant="outlined"
            color={filter['failedAfter']?.[0] === preset ? 'primary' : 'inherit'}
            onClick={() => {
              onApply({ failedAfter: [preset], failedBefore: [] });
            }}
          >
            {words.value('failedAfter', preset)}
          </Button>
        ))}
      </Box>
      <Divider sx={{ my: 1.5 }} />
      <Box
        component="form"
        sx={{ display: 'grid', gap: 1.25 }}
        onSubmit={(event) => {
          event.preventDefault();
          onApply({ failedAfter: asIso(from), failedBefore: asIso(to) });
        }}
      >
        <LocalTime label={text('common.from')} value={from} onChange={setFrom} />
        <LocalTime label={text('common.to')} value={to} onChange={setTo} />
        <Box sx={{ display: 'flex', justifyContent: 'flex-end' }}>
          <GatedButton
            blocked={from === '' && to === '' ? text('missing.time') : undefined}
            type="submit"
            variant="contained"
          >
            {text('common.apply')}
          </GatedButton>
        </Box>
      </Box>
    </>
  );
}

/** A span that moves along is none of the two times. */
function standing(value: string | undefined): string {
  return value !== undefined && relativeSpan(value) ? '' : asLocalInput(value);
}
