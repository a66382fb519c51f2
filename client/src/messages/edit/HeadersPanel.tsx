import Add from '@mui/icons-material/Add';
import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { Dispatch } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { STACKING } from '../../show/stacking.ts';
import type { FormAct } from './draft-form.ts';
import type { HeaderRow } from './header-rows.ts';
import { HeaderFields } from './HeaderFields.tsx';
import { Note, Section } from './parts.tsx';

interface HeadersPanelProps {
  rows: readonly HeaderRow[];
  locked: ReadonlySet<string>;
  /** Receivers or order look-ups go by these. */
  sensitive: readonly string[];
  onAct: Dispatch<FormAct>;
}

/** The headers that may be edited: names, types and values, each with what becomes of it. */
export function HeadersPanel({ rows, locked, sensitive, onAct }: HeadersPanelProps) {
  const text = useText();
  return (
    <Section
      title={text('tab.headers')}
      actions={
        <Button
          color="inherit"
          startIcon={<Add aria-hidden />}
          onClick={() => {
            onAct({ do: 'addHeader' });
          }}
        >
          {text('edit.addHeader')}
        </Button>
      }
    >
      {rows.length === 0 ? (
        <Note>{text('edit.noHeaders')}</Note>
      ) : (
        <Table size="small" sx={STACKING}>
          <TableHead>
            <TableRow>
              <TableCell sx={{ width: '28%' }}>{text('column.name')}</TableCell>
              <TableCell>{text('column.type')}</TableCell>
              <TableCell sx={{ width: '52%' }}>{text('column.value')}</TableCell>
              <TableCell />
            </TableRow>
          </TableHead>
          <TableBody>
            {rows.map((row, index) => (
              <HeaderFields
                key={row.key}
                row={row}
                number={index + 1}
                locked={locked}
                isSensitive={sensitive.includes(row.was?.name ?? row.name)}
                onAct={onAct}
              />
            ))}
          </TableBody>
        </Table>
      )}
    </Section>
  );
}
