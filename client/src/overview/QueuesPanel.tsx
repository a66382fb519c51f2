import WarningAmber from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useLocale } from 'ra-core';

import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Mark } from '../show/Mark.tsx';
import { WATCH_LOOKS } from '../show/marks.ts';
import { formatNumber } from '../show/numbers.ts';
import { Panel } from '../show/Panel.tsx';
import { minuteTime } from '../show/times.ts';
import { useNow } from '../show/use-now.ts';
import { messagesAt } from './message-addresses.ts';
import { roundedRate } from './rounded-rate.ts';

type Queue = Overview['deadQueues'][number];

/** Queues that are shown; the others are on their own screen. */
const SHOWN = 8;
const MINUTE_MS = 60_000;

/** The dead queues: what waits in each, how fast it fills, and what is not as it should be. Those to look at are first. */
export function QueuesPanel({ overview: { at, deadQueues } }: { overview: Overview }) {
  const text = useText();
  const locale = useLocale();
  const now = useNow();
  const rateOf = ({ intake }: Queue) => {
    const minutes = Math.max(1, (Date.parse(at) - Date.parse(intake.since)) / MINUTE_MS);
    return intake.count / minutes;
  };
  const shown = [...deadQueues]
    .sort(
      (one, other) =>
        troubleOf(other) - troubleOf(one) || (other.depth ?? 0) - (one.depth ?? 0) || rateOf(other) - rateOf(one),
    )
    .slice(0, SHOWN);
  const since = deadQueues[0]?.intake.since;
  return (
    <Panel label={text('deadQueues.title')}>
      <Box sx={{ display: 'flex', alignItems: 'baseline', gap: 1.5, px: 2, py: 1.25 }}>
        <Typography variant="h2">{text('deadQueues.title')}</Typography>
        <Box sx={{ ml: 'auto', fontSize: '0.8125rem' }}>
          <AppLink to="/dead-queues">{text('overview.allQueues', { count: deadQueues.length })}</AppLink>
        </Box>
      </Box>
      <Table
        size="small"
        sx={{
          '& td, & th': { px: { xs: 0.75, sm: 1.5 }, '&:first-of-type': { pl: 2 }, '&:last-of-type': { pr: 2 } },
          // Four columns fit on a phone when their heads may break.
          '& thead th': { whiteSpace: { xs: 'normal', sm: 'nowrap' }, verticalAlign: 'bottom' },
        }}
      >
        <TableHead>
          <TableRow>
            <TableCell>{text('overview.queue')}</TableCell>
            <TableCell align="right">{text('overview.depth')}</TableCell>
            <TableCell
              align="right"
              title={
                since === undefined
                  ? undefined
                  : text('overview.rateHint', { time: minuteTime(new Date(since), now, locale) })
              }
            >
              {text('overview.rate')}
            </TableCell>
            <TableCell align="right">{text('overview.warnings')}</TableCell>
          </TableRow>
        </TableHead>
        <TableBody>
          {shown.map((queue) => (
            <TableRow key={queue.id} sx={{ '&:last-child td': { borderBottom: 0 } }}>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                <AppLink to={messagesAt({ deadQueue: queue.name })}>{queue.name}</AppLink>
                <Box sx={{ fontSize: '0.75rem' }}>
                  <Mark look={WATCH_LOOKS[queue.state]} label={text(`watch.${queue.state}`)} />
                </Box>
              </TableCell>
              <TableCell align="right" title={queue.depth === null ? text('deadQueues.notAsked') : undefined}>
                {queue.depth === null ? '–' : formatNumber(queue.depth, locale)}
              </TableCell>
              <TableCell align="right">{roundedRate(rateOf(queue), locale)}</TableCell>
              <TableCell align="right">
                <Warnings queue={queue} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Panel>
  );
}

/** What keeps messages from the office comes before what could. */
function troubleOf({ watched, state, warnings }: Queue): number {
  if (watched && state !== 'consuming' && state !== 'starting') return 2;
  return warnings > 0 ? 1 : 0;
}

function Warnings({ queue: { warnings, checked, watched } }: { queue: Queue }) {
  const text = useText();
  const locale = useLocale();
  if (warnings > 0) {
    return (
      <AppLink to="/dead-queues" label={text('overview.warningsOf', { count: warnings })}>
        <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 0.5, verticalAlign: 'bottom' }}>
          <WarningAmber aria-hidden sx={{ fontSize: '1rem', color: (theme) => theme.palette.state.waiting }} />
          {formatNumber(warnings, locale)}
        </Box>
      </AppLink>
    );
  }
  return (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      {text(checked || !watched ? 'overview.noWarnings' : 'overview.notChecked')}
    </Box>
  );
}
