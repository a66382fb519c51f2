import Box from '@mui/material/Box';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import Search from '@mui/icons-material/Search';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { AUDIT_KINDS } from '../../../server/contract/audit.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListAddress, ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import type { Query } from '../api/api-client.ts';
import { AuditEventTable } from './AuditEventTable.tsx';

const SPEC: ListSpec = { filters: ['kind', 'actor', 'operationId', 'messageId'], sort: '', sorts: [], perPage: 50 };

/** Only the kind may be repeated. */
function toApi(filter: ListAddress['filter']): Query {
  return {
    kind: filter['kind'],
    actor: filter['actor']?.[0],
    operationId: filter['operationId']?.[0],
    messageId: filter['messageId']?.[0],
  };
}

/** Who did what, newest first. */
export function AuditEventList() {
  const text = useText();
  const list = useAddressedList({ resource: 'audit-events', spec: SPEC, toApi, pollMs: usePolling(10_000) });
  const { filter } = list.address;
  const filtered = Object.values(filter).some((values) => values.length > 0);
  return (
    <>
      <PageHeader title={text('auditEvents.title')} />
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1.25, mt: 1, mb: 1.5 }}>
        <TextField
          select
          size="small"
          label={text('filter.kind')}
          value={filter['kind']?.[0] ?? ''}
          onChange={(event) => {
            list.setFilter('kind', event.target.value === '' ? [] : [event.target.value]);
          }}
          slotProps={{ inputLabel: { shrink: true }, select: { displayEmpty: true } }}
          sx={{ minWidth: 200 }}
        >
          <MenuItem value="">{text('auditEvents.anyKind')}</MenuItem>
          {AUDIT_KINDS.map((kind) => (
            <MenuItem key={kind} value={kind}>
              {text(`audit.${kind}`)}
            </MenuItem>
          ))}
        </TextField>
        <ActorFilter
          key={filter['actor']?.[0] ?? ''}
          value={filter['actor']?.[0] ?? ''}
          onApply={(actor) => {
            list.setFilter('actor', actor === '' ? [] : [actor]);
          }}
        />
      </Box>
      <Panel label={text('auditEvents.title')}>
        <ListBody
          list={list}
          empty={{
            title: text(filtered ? 'auditEvents.emptyFilteredTitle' : 'auditEvents.emptyTitle'),
            text: text(filtered ? 'auditEvents.emptyFilteredText' : 'auditEvents.emptyText'),
          }}
        >
          <AuditEventTable events={list.rows ?? []} />
        </ListBody>
      </Panel>
    </>
  );
}

function ActorFilter({ value: initial, onApply }: { value: string; onApply: (actor: string) => void }) {
  const text = useText();
  const [value, setValue] = useState(initial);
  const apply = () => {
    if (value.trim() !== initial) onApply(value.trim());
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
        size="small"
        label={text('filter.actor')}
        value={value}
        onChange={(event) => {
          setValue(event.target.value);
        }}
        onBlur={apply}
        slotProps={{
          htmlInput: { maxLength: 64, autoComplete: 'off', spellCheck: false },
          inputLabel: { shrink: true },
          input: {
            endAdornment: (
              <InputAdornment position="end">
                <Search aria-hidden sx={{ fontSize: 18 }} />
              </InputAdornment>
            ),
          },
        }}
      />
    </Box>
  );
}
