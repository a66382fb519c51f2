import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { shortType } from './message-parts.tsx';

/** Each arrival in a dead queue, newest first. */
export function DeathsTab({ message }: { message: MessageDetail }) {
  const text = useText();
  const deaths = [...message.deaths].sort((one, other) => other.arrivedAt.localeCompare(one.arrivedAt));
  return (
    <Box tabIndex={0} role="region" aria-label={text('tab.deaths')} sx={{ overflowX: 'auto' }}>
      <Box sx={{ px: 2, py: 1.25, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('deaths.hint')}</Box>
      <Table size="small" sx={STACKING}>
        <TableHead>
          <TableRow>
            <TableCell>{text('column.when')}</TableCell>
            <TableCell>{text('column.queue')}</TableCell>
            <TableCell>{text('column.reason')}</TableCell>
            <TableCell sx={{ width: '100%' }}>{text('column.errorMessage')}</TableCell>
            <TableCell>{text('column.deadQueue')}</TableCell>
            <TableCell />
          </TableRow>
        </TableHead>
        <TableBody>
          {deaths.map((death) => (
            <TableRow key={death.id}>
              <TableCell>
                <Time at={death.arrivedAt} show="clock" />
              </TableCell>
              <TableCell>{death.queue}</TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>
                {death.deadQueue !== null && text(`reason.${death.reason}`)}
              </TableCell>
              <TableCell sx={{ minWidth: 220, overflowWrap: 'anywhere' }}>
                {death.errorType !== null && <strong>{shortType(death.errorType)} </strong>}
                {death.deadQueue === null ? text('timeline.diedElsewhere') : death.errorMessage}
              </TableCell>
              <TableCell>{death.deadQueue}</TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap', color: 'text.secondary' }}>
                {death.operationId !== null && (
                  <AppLink to={`/operations/${death.operationId}`}>
                    {text('deaths.afterOperation', { id: death.operationId })}
                  </AppLink>
                )}
                {death.recognisedBy !== null && death.recognisedBy !== 'mark' && (
                  <Box sx={{ whiteSpace: 'normal', minWidth: 160 }}>{text(`recognised.${death.recognisedBy}`)}</Box>
                )}
                {death.redelivered && ` ${text('deaths.redelivered')}`}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
