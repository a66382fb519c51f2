import ArrowDownward from '@mui/icons-material/ArrowDownward';
import ArrowUpward from '@mui/icons-material/ArrowUpward';
import Remove from '@mui/icons-material/Remove';
import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { minuteTime } from '../show/times.ts';
import { useNow } from '../show/use-now.ts';

/**
 * How many more or fewer wait since then: what came in less what left. Counts are kept by the hour, so that the time is
 * the beginning of one and is said.
 */
export function PendingChange({ change: { since, cameIn, left } }: { change: Overview['pending']['overHour'] }) {
  const text = useText();
  const locale = useLocale();
  const now = useNow();
  const time = minuteTime(new Date(since), now, locale);
  const more = cameIn - left;
  const Icon = more > 0 ? ArrowUpward : more < 0 ? ArrowDownward : Remove;
  const colour = more > 0 ? 'waiting' : more < 0 ? 'good' : 'quiet';
  return (
    <Box
      component="span"
      title={text('overview.moves', { cameIn, left })}
      sx={{ display: 'flex', alignItems: 'flex-start', gap: 0.5 }}
    >
      <Icon aria-hidden sx={{ fontSize: '0.875rem', mt: '3px', color: (theme) => theme.palette.state[colour] }} />
      {more === 0
        ? text('overview.same', { time })
        : text(more > 0 ? 'overview.more' : 'overview.fewer', { count: Math.abs(more), time })}
    </Box>
  );
}
