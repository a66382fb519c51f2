import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useLocale } from 'ra-core';

import type { FailuresOverTime } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { formatNumber } from '../show/numbers.ts';
import { messagesOf } from './message-addresses.ts';
import type { ChartWords } from './use-chart-words.ts';

/** The same numbers as the chart, newest first; every one leads to its messages. Hours without a failure are left out. */
export function FailureTable({
  failures: { buckets, series },
  words,
}: {
  failures: FailuresOverTime;
  words: ChartWords;
}) {
  const text = useText();
  const locale = useLocale();
  const rows = buckets
    .map((bucket, index) => ({ bucket, counts: series.map(({ counts }) => counts[index] ?? 0) }))
    .filter(({ counts }) => counts.some((count) => count > 0))
    .reverse();
  return (
    <Box sx={{ maxHeight: 420, overflow: 'auto' }} tabIndex={0} role="group" aria-label={text('overview.failures')}>
      <Table size="small" stickyHeader>
        <TableHead>
          <TableRow>
            <TableCell>{text('overview.when')}</TableCell>
            {series.map((one, index) => (
              <TableCell
                key={index}
                align="right"
                sx={{ maxWidth: 200, whiteSpace: 'normal', overflowWrap: 'anywhere' }}
              >
                {words.series(one)}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {rows.map(({ bucket, counts }) => (
            <TableRow key={bucket.from}>
              <TableCell component="th" scope="row" sx={{ whiteSpace: 'nowrap' }}>
                {words.bucket(bucket)}
              </TableCell>
              {series.map((one, index) => {
                const count = counts[index] ?? 0;
                return (
                  <TableCell key={index} align="right">
                    {count === 0 ? (
                      <Box component="span" sx={{ color: 'text.secondary' }}>
                        0
                      </Box>
                    ) : (
                      <AppLink to={messagesOf(one, bucket)}>{formatNumber(count, locale)}</AppLink>
                    )}
                  </TableCell>
                );
              })}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
