import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { STACKING } from '../../show/stacking.ts';
import { MONO } from '../../theme/theme.ts';
import type { Change } from './changes.ts';
import { KeptValue, Sensitive } from './fields.tsx';
import { ChangeWord } from './parts.tsx';
import type { PropertyValue } from './property-rows.ts';

interface ChangeTableProps<T> {
  changes: readonly Change<T>[];
  /** Receivers or order look-ups go by these. */
  sensitive: readonly string[];
  /** What is compared, for screen readers. */
  label: string;
  beforeLabel: string;
  afterLabel: string;
  show: (value: T, isRemoved: boolean) => ReactNode;
}

/** What was added, removed and changed, with the values before and after. */
export function ChangeTable<T>({ changes, sensitive, label, beforeLabel, afterLabel, show }: ChangeTableProps<T>) {
  const text = useText();
  return (
    <Table size="small" aria-label={label} sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('column.name')}</TableCell>
          <TableCell />
          <TableCell sx={{ width: '37%' }}>{beforeLabel}</TableCell>
          <TableCell sx={{ width: '37%' }}>{afterLabel}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {changes.map(({ name, before, after }, index) => (
          <TableRow key={index}>
            <TableCell sx={{ fontFamily: MONO, overflowWrap: 'anywhere', minWidth: 120 }}>
              {name === '' ? '""' : name}
              {sensitive.includes(name) && <Sensitive />}
            </TableCell>
            <TableCell>
              <ChangeWord change={before === undefined ? 'added' : after === undefined ? 'removed' : 'changed'} />
            </TableCell>
            <TableCell className="wide">{before !== undefined && show(before, true)}</TableCell>
            <TableCell className="wide">{after !== undefined && show(after, false)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** A header's value with its type. */
export function headerValue(header: TypedHeader, isBefore: boolean): ReactNode {
  return (
    <>
      <Box component="span" sx={{ color: 'text.secondary', mr: 1 }}>
        {header.type}
      </Box>
      <KeptValue header={header} isRemoved={isBefore} />
    </>
  );
}

/** A property's value; its bytes where it is no text. */
export function propertyText({ value, raw }: PropertyValue, isBefore: boolean): ReactNode {
  const header: TypedHeader = raw === undefined ? text(String(value)) : text({ base64: raw });
  return <KeptValue header={header} isRemoved={isBefore} />;
}

function text(value: string | { base64: string }): TypedHeader {
  return { name: '', type: 'string', value };
}
