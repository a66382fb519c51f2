import Checkbox from '@mui/material/Checkbox';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { RecordContextProvider, useDataTableCallbacksContext, useListContext } from 'ra-core';
import type { MouseEvent, ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { messageName } from './message-parts.tsx';
import { useListTrail } from './list-trail.ts';
import { PageCheckbox } from './PageCheckbox.tsx';

/** The head with a page checkbox that has a name. */
export function MessageTableHead({ children }: { children?: ReactNode }) {
  const { data = [], selectedIds, onSelect } = useListContext<Message>();
  return (
    <TableHead sx={{ '& th': { color: 'text.secondary', bgcolor: 'background.paper' } }}>
      <TableRow>
        <TableCell padding="checkbox">
          <PageCheckbox onPage={data.map(({ id }) => id)} selection={{ ids: selectedIds, setIds: onSelect }} />
        </TableCell>
        {children}
      </TableRow>
    </TableHead>
  );
}

/** The rows. A click anywhere opens the message, except on what has a meaning of its own. */
export function MessageTableBody({ children }: { children?: ReactNode }) {
  const text = useText();
  const navigate = useNavigate();
  const trail = useListTrail();
  const { data = [], selectedIds } = useListContext<Message>();
  const { handleToggleItem } = useDataTableCallbacksContext();
  return (
    <TableBody
      sx={{
        '& td': { whiteSpace: 'nowrap', height: 36 },
        '& tr': { cursor: 'pointer' },
        // Where the keys are. The outline of the link itself would be cut by its cell.
        '& tr:has(:focus-visible)': {
          boxShadow: (theme) => `inset 3px 0 0 ${theme.palette.primary.main}`,
          bgcolor: 'action.hover',
        },
        '& .fills a:focus-visible': { outlineOffset: '-2px' },
        // The bar above the list stays in sight and would cover a row.
        '& a, & input': { scrollMarginTop: '104px' },
        '& tr:last-child td': { borderBottom: 0 },
        '& .fills': { width: '100%', maxWidth: 0, minWidth: 160, overflow: 'hidden', textOverflow: 'ellipsis' },
        '& .name': {
          display: 'inline-block',
          maxWidth: 190,
          overflow: 'hidden',
          textOverflow: 'ellipsis',
          verticalAlign: 'bottom',
        },
      }}
    >
      {data.map((message) => {
        const selected = selectedIds.includes(message.id);
        return (
          <RecordContextProvider key={message.id} value={message}>
            <TableRow
              hover
              selected={selected}
              data-message-id={message.id}
              onClick={(event) => {
                if (opens(event)) void navigate(`/messages/${message.id}`, { state: trail });
              }}
            >
              <TableCell padding="checkbox" data-own-meaning>
                <Checkbox
                  checked={selected}
                  slotProps={{
                    input: { 'aria-label': text('list.select', { id: message.id, what: messageName(message, text) }) },
                  }}
                  onClick={(event) => {
                    handleToggleItem?.(message.id, event);
                  }}
                />
              </TableCell>
              {children}
            </TableRow>
          </RecordContextProvider>
        );
      })}
    </TableBody>
  );
}

/** Not when a link or a checkbox was meant, and not when text of the row was being selected. */
function opens(event: MouseEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('a, button, input, [data-own-meaning]')) return false;
  return window.getSelection()?.type !== 'Range';
}
