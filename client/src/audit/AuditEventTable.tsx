import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';

import type { AuditEvent } from '../../../server/contract/schemas/audit.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { AuditDetails } from './AuditDetails.tsx';
import { SealMark } from './SealMark.tsx';
import { inner, textOf } from './detail-parts.ts';

/** One line an act: when, who, what, on what, and what is known beside it. */
export function AuditEventTable({ events }: { events: readonly AuditEvent[] }) {
  const text = useText();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('column.when')}</TableCell>
          <TableCell>{text('column.who')}</TableCell>
          <TableCell>{text('column.what')}</TableCell>
          <TableCell>{text('column.subject')}</TableCell>
          <TableCell sx={{ width: '100%' }}>{text('column.details')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {events.map((event) => (
          <TableRow key={event.id} hover>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <Time at={event.at} show="clock" />
              <Beside>
                <SealMark seal={event.seal} />
              </Beside>
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <Box component="span" sx={{ fontWeight: 500 }}>
                {event.actor}
              </Box>
              <ByToken event={event} />
              {event.address !== null && <Beside>{text('auditEvents.fromAddress', { address: event.address })}</Beside>}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>{text(`audit.${event.kind}`)}</TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <Subject event={event} />
            </TableCell>
            <TableCell
              sx={{ color: 'text.secondary', overflowWrap: 'anywhere', minWidth: 200 }}
              title={event.requestId === null ? undefined : text('auditEvents.requestId', { id: event.requestId })}
            >
              <AuditDetails event={event} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

/** A second line of a cell, in small. */
function Beside({ children }: { children: ReactNode }) {
  return <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>{children}</Box>;
}

/** Which of the actor's API tokens it was, where it was one. */
function ByToken({ event: { details } }: { event: AuditEvent }) {
  const text = useText();
  const name = textOf(inner(details, 'token'), 'name');
  if (name === undefined) return null;
  return (
    <Box sx={{ fontSize: '0.75rem', fontWeight: 400, color: 'text.secondary', maxWidth: 200, whiteSpace: 'normal' }}>
      {text('auditEvents.byToken', { name })}
    </Box>
  );
}

function Subject({ event }: { event: AuditEvent }) {
  const text = useText();
  if (event.operationId !== null) {
    return (
      <AppLink to={`/operations/${event.operationId}`}>
        {text('timeline.operationLink', { id: event.operationId })}
      </AppLink>
    );
  }
  if (event.messageId !== null) {
    return <AppLink to={`/messages/${event.messageId}`}>{text('timeline.message', { id: event.messageId })}</AppLink>;
  }
  const groupId = event.kind.startsWith('group.') ? event.details['id'] : undefined;
  if (typeof groupId === 'string') {
    return (
      <AppLink to={`/groups/${encodeURIComponent(groupId)}`}>
        {event.subject === null || event.subject === '' ? text('groups.one', { id: groupId }) : event.subject}
      </AppLink>
    );
  }
  return event.subject;
}
