import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { FailuresOverTime } from '../../../server/contract/schemas/statistics.ts';
import { AppLink } from '../show/AppLink.tsx';
import { formatNumber } from '../show/numbers.ts';
import { messagesOf, wholeRange } from './message-addresses.ts';
import type { ChartWords } from './use-chart-words.ts';

interface FailureLegendProps {
  failures: FailuresOverTime;
  colours: readonly string[];
  words: ChartWords;
}

/** What the colours mean, and how many of each; each leads to its messages of the whole time. */
export function FailureLegend({ failures, colours, words }: FailureLegendProps) {
  const locale = useLocale();
  return (
    <Box
      component="ul"
      sx={{ listStyle: 'none', m: 0, p: 0, display: 'flex', flexWrap: 'wrap', columnGap: 2.5, rowGap: 0.75 }}
    >
      {failures.series.map((series, index) => (
        <Box
          component="li"
          key={index}
          sx={{
            display: 'flex',
            alignItems: 'baseline',
            gap: 0.75,
            fontSize: '0.8125rem',
            minWidth: 0,
            maxWidth: '100%',
          }}
        >
          <Box aria-hidden sx={{ flex: 'none', width: 10, height: 10, borderRadius: '2px', bgcolor: colours[index] }} />
          <Box sx={{ minWidth: 0, maxWidth: 360, overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
            <AppLink quiet to={messagesOf(series, wholeRange(failures))}>
              {words.series(series)}
            </AppLink>
          </Box>
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {formatNumber(series.total, locale)}
          </Box>
        </Box>
      ))}
    </Box>
  );
}
