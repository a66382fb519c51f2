import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import type { TypedHeader } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { MaskedText } from '../masking/MaskedText.tsx';
import { STACKING } from '../show/stacking.ts';
import { visuallyHidden } from '../show/visually-hidden.ts';
import { MONO } from '../theme/theme.ts';
import { readTyped } from './typed-text.ts';

const STACKING_FIXED = [
  STACKING,
  { tableLayout: { sm: 'fixed' }, position: 'relative', '& td': { py: 0.5, px: 2 } },
] as typeof STACKING;

/** Headers with their names, wire types and values. */
export function HeaderTable({ headers }: { headers: readonly TypedHeader[] }) {
  const text = useText();
  return (
    <Table size="small" sx={STACKING_FIXED}>
      <colgroup>
        <col style={{ width: '36%' }} />
        <col style={{ width: 84 }} />
        <col />
      </colgroup>
      <TableHead sx={visuallyHidden}>
        <TableRow>
          <TableCell>{text('column.name')}</TableCell>
          <TableCell>{text('column.type')}</TableCell>
          <TableCell>{text('column.value')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {headers.map((header, index) => (
          <TableRow key={index}>
            <TableCell sx={{ fontFamily: MONO, overflowWrap: 'anywhere' }}>
              {header.name === '' ? '""' : header.name}
            </TableCell>
            <TableCell sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{header.type}</TableCell>
            <TableCell className="wide" sx={{ fontFamily: MONO, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
              <HeaderValue header={header} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** A header's value as text; bytes say how many they are. */
function HeaderValue({ header }: { header: TypedHeader }) {
  const text = useText();
  const reading = readTyped(header);
  if (reading.kind === 'text') return <MaskedText>{reading.text}</MaskedText>;
  return (
    <>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {text('headers.bytes', { count: reading.length })}
      </Box>{' '}
      {reading.base64}
    </>
  );
}
