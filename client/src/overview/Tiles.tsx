import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { useRunningOperations } from '../operations/operation-queries.ts';
import { useOperationTitle } from '../operations/use-operation-title.ts';
import { formatNumber } from '../show/numbers.ts';
import { messagesAt } from './message-addresses.ts';
import { PendingChange } from './PendingChange.tsx';
import { Tile } from './Tile.tsx';

/** The four numbers that say whether there is anything to do. */
export function Tiles({ overview }: { overview: Overview }) {
  const text = useText();
  const locale = useLocale();
  const running = useRunningOperations();
  const titleOf = useOperationTitle();
  const { pending, cameBack, backlog } = overview;
  const resent = cameBack.groups.reduce((sum, group) => sum + group.resent, 0);
  const only = running.length === 1 ? running[0] : undefined;
  return (
    <Box
      sx={{
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: { xs: 'repeat(2, minmax(0, 1fr))', lg: 'repeat(4, minmax(0, 1fr))' },
      }}
    >
      <Tile
        name={text('overview.pending')}
        value={
          pending.count === null
            ? text('overview.about', { count: aboutNumber(pending.estimate ?? pending.countAtLeast) })
            : formatNumber(pending.count, locale)
        }
        to="/messages"
      >
        <PendingChange change={pending.overHour} />
        <PendingChange change={pending.overDay} />
      </Tile>
      <Tile
        name={text('overview.cameBack')}
        value={formatNumber(cameBack.count, locale)}
        to={messagesAt({ status: 'all', minFailureCount: '2', failedAfter: cameBack.since })}
      >
        {cameBack.count === 0 ? text('overview.noneCameBack') : text('overview.ofResent', { count: resent })}
      </Tile>
      <Tile
        name={text('overview.backlog')}
        value={backlog.depth === null ? '–' : formatNumber(backlog.depth, locale)}
        to="/dead-queues"
      >
        {backlog.depth === null && backlog.watched > 0
          ? text('overview.backlogUnknown')
          : backlog.known < backlog.watched
            ? text('overview.backlogPartly', { known: backlog.known, watched: backlog.watched })
            : text('overview.backlogIn', { count: backlog.watched })}
      </Tile>
      <Tile
        name={text('overview.running')}
        value={formatNumber(running.length, locale)}
        to={only === undefined ? '/operations?status=active' : `/operations/${only.id}`}
      >
        {only === undefined ? text(running.length === 0 ? 'overview.noneRuns' : 'overview.showRunning') : titleOf(only)}
      </Tile>
    </Box>
  );
}

/** A guess as one: two digits that count. */
function aboutNumber(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1);
  return Math.round(value / unit) * unit;
}
