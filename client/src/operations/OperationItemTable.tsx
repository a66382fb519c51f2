import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import type { OperationItem } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Mono } from '../show/Mono.tsx';
import { OutcomeMark } from '../show/OutcomeMark.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { ItemCause } from './ItemCause.tsx';

/** One line an item: its message, how it ended and when, where it was sent, and why not. */
export function OperationItemTable({ items }: { items: readonly OperationItem[] }) {
  const text = useText();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('column.number')}</TableCell>
          <TableCell>{text('column.outcome')}</TableCell>
          <TableCell>{text('column.when')}</TableCell>
          <TableCell>{text('column.target')}</TableCell>
          <TableCell sx={{ width: '100%' }}>{text('column.cause')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {items.map((item) => (
          <TableRow key={item.messageId} hover>
            <TableCell>
              <AppLink to={`/messages/${item.messageId}`}>{item.messageId}</AppLink>
            </TableCell>
            <TableCell>
              {item.outcome === null ? (
                <Box component="span" color="text.secondary">
                  {text('operations.notDone')}
                </Box>
              ) : (
                <OutcomeMark outcome={item.outcome} />
              )}
            </TableCell>
            <TableCell>{item.at !== null && <Time at={item.at} />}</TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              {item.exchange !== null && (
                <Mono>
                  {item.exchange === '' ? text('way.defaultExchange') : item.exchange} / {item.routingKey}
                </Mono>
              )}
            </TableCell>
            <TableCell>
              <ItemCause item={item} />
              {item.cameBackAt !== undefined && (
                <>
                  {text('column.cameBack')} <Time at={item.cameBackAt} />
                </>
              )}
              {item.settledAt !== undefined && (
                <>
                  {text('status.settled')} <Time at={item.settledAt} />
                </>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
