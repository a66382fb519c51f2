import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import type { MessageDetail, TypedHeader } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { STACKING } from '../show/stacking.ts';
import { MONO } from '../theme/theme.ts';
import { readTyped } from './typed-text.ts';

/** The headers as they arrived: order, repeated names and wire types included. */
export function HeadersTab({ message }: { message: Pick<MessageDetail, 'headersTyped' | 'envelope'> }) {
  const text = useText();
  if (message.headersTyped.length === 0) {
    return <Box sx={{ p: 2, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('headers.none')}</Box>;
  }
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Box sx={{ px: 2, py: 1.25, fontSize: '0.8125rem', color: 'text.secondary' }}>
        {text(message.envelope === null ? 'headers.hint' : 'headers.hintEnvelope')}
      </Box>
      <Table size="small" sx={STACKING}>
        <TableHead>
          <TableRow>
            <TableCell>{text('column.name')}</TableCell>
            <TableCell>{text('column.type')}</TableCell>
            <TableCell sx={{ width: '100%' }}>{text('column.value')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {message.headersTyped.map((header, index) => (
            <TableRow key={index}>
              <TableCell
                sx={{ fontFamily: MONO, whiteSpace: { sm: 'nowrap' }, overflowWrap: 'anywhere', minWidth: 120 }}
              >
                {header.name === '' ? '""' : header.name}
              </TableCell>
              <TableCell sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>{header.type}</TableCell>
              <TableCell sx={{ fontFamily: MONO, whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', minWidth: 160 }}>
                <HeaderValue header={header} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

function HeaderValue({ header }: { header: TypedHeader }) {
  const text = useText();
  const reading = readTyped(header);
  if (reading.kind === 'text') return reading.text;
  return (
    <>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {text('headers.bytes', { count: reading.length })}
      </Box>{' '}
      {reading.base64}
    </>
  );
}
