import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import type { ListAddress } from '../list/list-address.ts';
import { asIso, asLocalInput } from '../show/local-time.ts';
import { LocalTime } from '../show/LocalTime.tsx';
import { FIRST, TYPED, type TypedFilter } from './audit-list-spec.ts';
import { KindFilter } from './KindFilter.tsx';

interface AuditFiltersProps {
  filter: ListAddress['filter'];
  setFilter: (name: string, values: readonly string[]) => void;
  onClear: () => void;
}

const LIKE_AN_ID: readonly TypedFilter[] = ['messageId', 'operationId'];

/** What the list of acts is narrowed by. The rarer filters are folded away until one of them is set. */
export function AuditFilters({ filter, setFilter, onClear }: AuditFiltersProps) {
  const text = useText();
  const rare = TYPED.filter((name) => !FIRST.includes(name));
  const [isOpen, setOpen] = useState(false);
  const open = isOpen || [...rare, 'from', 'to'].some((name) => filter[name] !== undefined);
  const typed = (name: TypedFilter) => (
    <TypedField
      key={`${name} ${filter[name]?.[0] ?? ''}`}
      label={text(`auditEvents.filter.${name}`)}
      value={filter[name]?.[0] ?? ''}
      isId={LIKE_AN_ID.includes(name)}
      onApply={(value) => {
        setFilter(name, value === '' ? [] : [value]);
      }}
    />
  );
  const time = (name: 'from' | 'to') => (
    <TimeField
      key={`${name} ${filter[name]?.[0] ?? ''}`}
      label={text(`common.${name}`)}
      value={filter[name]?.[0]}
      onApply={(values) => {
        setFilter(name, values);
      }}
    />
  );
  return (
    <Box
      role="search"
      aria-label={text('auditEvents.filters')}
      sx={{
        display: 'grid',
        gridTemplateColumns: 'repeat(auto-fill, minmax(min(100%, 190px), 1fr))',
        gap: 1.25,
        mt: 1,
        mb: 1.5,
        alignItems: 'center',
      }}
    >
      <KindFilter
        chosen={filter['kind'] ?? []}
        onChange={(kinds) => {
          setFilter('kind', kinds);
        }}
      />
      {FIRST.map(typed)}
      {open && (
        <>
          {time('from')}
          {time('to')}
          {rare.map(typed)}
        </>
      )}
      <Box sx={{ display: 'flex', gap: 0.5 }}>
        {!open && (
          <Button
            color="inherit"
            sx={{ color: 'text.secondary' }}
            onClick={() => {
              setOpen(true);
            }}
          >
            {text('auditEvents.moreFilters')}
          </Button>
        )}
        {Object.keys(filter).length > 0 && (
          <Button
            color="inherit"
            sx={{ color: 'text.secondary' }}
            onClick={() => {
              onClear();
            }}
          >
            {text('filter.clear')}
          </Button>
        )}
      </Box>
    </Box>
  );
}

interface TypedFieldProps {
  label: string;
  value: string;
  isId: boolean;
  onApply: (value: string) => void;
}

/** Applied by Enter, and by leaving it. */
function TypedField({ label, value: initial, isId, onApply }: TypedFieldProps) {
  const text = useText();
  const [value, setValue] = useState(initial);
  const trimmed = value.trim();
  const isWrong = isId && trimmed !== '' && !/^[1-9]\d{0,18}$/.test(trimmed);
  const apply = () => {
    if (trimmed !== initial && !isWrong) onApply(trimmed);
  };
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <TextField
        fullWidth
        size="small"
        label={label}
        value={value}
        error={isWrong}
        helperText={isWrong ? text('auditEvents.idWrong') : undefined}
        onChange={(event) => {
          setValue(event.target.value);
        }}
        onBlur={apply}
        slotProps={{
          htmlInput: {
            maxLength: 191,
            autoComplete: 'off',
            spellCheck: false,
            ...(isId ? { inputMode: 'numeric' } : {}),
          },
          inputLabel: { shrink: true },
        }}
      />
    </Box>
  );
}

interface TimeFieldProps {
  label: string;
  value: string | undefined;
  onApply: (values: readonly string[]) => void;
}

function TimeField({ label, value: initial, onApply }: TimeFieldProps) {
  const [value, setValue] = useState(() => asLocalInput(initial));
  const apply = () => {
    if (value !== asLocalInput(initial)) onApply(asIso(value));
  };
  return (
    <Box
      component="form"
      sx={{ display: 'grid' }}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <LocalTime label={label} value={value} onChange={setValue} onDone={apply} />
    </Box>
  );
}
