import Box from '@mui/material/Box';
import type { SxProps, Theme } from '@mui/material/styles';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useLocale } from 'ra-core';
import type { MouseEvent } from 'react';
import { useNavigate } from 'react-router-dom';

import type { GroupView } from '../../../server/contract/groups.ts';
import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { useRunningOperations } from '../operations/operation-queries.ts';
import { AppLink } from '../show/AppLink.tsx';
import { formatNumber } from '../show/numbers.ts';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { messagesPath, operationsOf } from './group-acts.ts';
import { GroupActs } from './GroupActs.tsx';
import { GroupName, rowName } from './GroupName.tsx';
import { GroupOperation } from './GroupOperation.tsx';
import { GroupStateMark } from './GroupStateMark.tsx';
import { Resends } from './Resends.tsx';
import { HourlyFailures } from './HourlyFailures.tsx';

interface GroupTableProps {
  rows: readonly GroupRow[];
  view: GroupView;
}

/** One row a group: what fails and where, how often, whom it hits, what became of it, and who is on it. */
export function GroupTable({ rows, view }: GroupTableProps) {
  const text = useText();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell sx={{ width: '100%' }}>{text(view === 'queue' ? 'column.queue' : 'groups.what')}</TableCell>
          <TableCell>{text('groups.last24h')}</TableCell>
          <TableCell align="right">{text('column.pending')}</TableCell>
          <TableCell align="right">{text('groups.orders')}</TableCell>
          <TableCell>{text('groups.resends')}</TableCell>
          <TableCell>{text('groups.lastSeen')}</TableCell>
          <TableCell>{text('column.status')}</TableCell>
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map((row) => (
          <Row key={row.key} row={row} view={view} />
        ))}
      </TableBody>
    </Table>
  );
}

/** Where a row leads: to its group, or, where it holds several, to a list of those. */
function placeOf(row: GroupRow, view: GroupView): string {
  if (row.id !== null) return `/groups/${row.id}`;
  const search = new URLSearchParams({ by: view === 'queue' ? 'error' : 'errorQueue', state: 'all' });
  if (view === 'queue' && row.queues[0] !== undefined) search.set('queue', row.queues[0]);
  if (view === 'error') search.set('text', row.normalisedMessage ?? row.errorType ?? '');
  return `/groups?${search.toString()}`;
}

function Row({ row, view }: { row: GroupRow; view: GroupView }) {
  const text = useText();
  const locale = useLocale();
  const navigate = useNavigate();
  const running = operationsOf(row, useRunningOperations());
  const name = rowName(row, view, text);
  const messages = messagesPath(row);
  const number = (value: number) => formatNumber(value, locale);
  const place = placeOf(row, view);
  return (
    <>
      <TableRow
        hover
        data-testid="group-row"
        sx={{ cursor: 'pointer', ...(running.length > 0 && { '& > td': { borderBottom: 0 } }) }}
        onClick={(event) => {
          if (opens(event)) void navigate(place);
        }}
      >
        <TableCell className="wide" sx={{ maxWidth: { sm: 0 } }}>
          <Box sx={ONE_LINE} title={name}>
            <AppLink quiet to={place}>
              {view === 'queue' ? <strong>{name}</strong> : <GroupName group={row} />}
            </AppLink>
          </Box>
          <Beneath row={row} view={view} />
        </TableCell>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <Box sx={{ display: 'flex', alignItems: 'flex-end', gap: 1 }}>
            <HourlyFailures hourly={row.hourly} />
            <Box component="span" sx={{ minWidth: 34, textAlign: 'right' }} title={text('groups.failures24h')}>
              {number(row.failures24h)}
            </Box>
          </Box>
        </TableCell>
        <TableCell align="right" sx={{ fontWeight: 600 }}>
          <Label>{text('column.pending')}</Label>
          {messages === null ? (
            number(row.pending)
          ) : (
            <AppLink to={messages} label={text('groups.showMessages', { count: row.pending, name })}>
              {number(row.pending)}
            </AppLink>
          )}
        </TableCell>
        <TableCell align="right">
          <Label>{text('groups.orders')}</Label>
          <Box component="span" title={row.orders.atLeast ? text('groups.ordersAtLeast') : undefined}>
            {number(row.orders.count)}
            {row.orders.atLeast && '+'}
          </Box>
        </TableCell>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <Resends group={row} />
        </TableCell>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <Time at={row.lastSeenAt} show="ago" />
          <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>
            <First at={row.firstSeenAt} />
          </Box>
        </TableCell>
        <TableCell sx={{ whiteSpace: 'nowrap' }}>
          <GroupStateMark group={row} />
          <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>{row.assignee}</Box>
        </TableCell>
        <TableCell>
          <GroupActs group={row} name={name} />
        </TableCell>
      </TableRow>
      {running.length > 0 && (
        <TableRow>
          <TableCell className="wide" colSpan={8} sx={{ pt: '0 !important' }}>
            {running.map((operation) => (
              <GroupOperation key={operation.id} operation={operation} />
            ))}
          </TableCell>
        </TableRow>
      )}
    </>
  );
}

/** One line in a table; on a small screen, where rows are blocks, two. */
const ONE_LINE: SxProps<Theme> = {
  overflow: 'hidden',
  textOverflow: 'ellipsis',
  whiteSpace: { sm: 'nowrap' },
  display: { xs: '-webkit-box', sm: 'block' },
  WebkitLineClamp: 2,
  WebkitBoxOrient: 'vertical',
};

/** What a number is, where the head of the table is not there to say it. */
function Label({ children }: { children: string }) {
  return (
    <Box component="span" sx={{ display: { sm: 'none' }, color: 'text.secondary', fontWeight: 400, mr: 0.5 }}>
      {children}
    </Box>
  );
}

/** Where it fails, and what a person left there. */
function Beneath({ row, view }: { row: GroupRow; view: GroupView }) {
  const text = useText();
  const parts = [
    view === 'queue'
      ? row.groups === 1
        ? undefined
        : text('groups.errors', { count: row.groups })
      : row.queues.join(', '),
    view === 'error' && row.groups > 1 ? text('groups.inQueues', { count: row.groups }) : undefined,
    row.note === null ? undefined : text('timeline.quote', { text: row.note }),
  ].filter((part) => part !== undefined && part !== '');
  return (
    <Box
      sx={{
        fontSize: '0.75rem',
        color: 'text.secondary',
        overflow: 'hidden',
        textOverflow: 'ellipsis',
        whiteSpace: { sm: 'nowrap' },
      }}
    >
      {view === 'queue' && row.groups === 1 ? <GroupName group={row} /> : parts.join(' · ')}
    </Box>
  );
}

function First({ at }: { at: string }) {
  const text = useText();
  const [before = '', after = ''] = text('groups.firstSeenAt', { time: '\u0000' }).split('\u0000');
  return (
    <>
      {before}
      <Time at={at} show="ago" />
      {after}
    </>
  );
}

/** Not when a link or a button was meant, and not when text of the row was being selected. */
function opens(event: MouseEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('a, button, [role="dialog"]')) return false;
  return window.getSelection()?.type !== 'Range';
}
