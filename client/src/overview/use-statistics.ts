import type { UseQueryResult } from '@tanstack/react-query';

import type { FailuresOverTime, Overview } from '../../../server/contract/schemas/statistics.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { usePolling } from '../live/live-context.ts';
import { chartFrom, type ChartView } from './chart-view.ts';

/** The days of a person are those of the place where the console is open. */
function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

/** How things stand; stands still while the user has paused. */
export function useOverview(): UseQueryResult<Overview> {
  const pollMs = usePolling(10_000);
  return useOfficeQuery(['statistics', 'overview'], (signal) => office.overview(localTimeZone(), signal), {
    refetchInterval: pollMs,
    refetchOnWindowFocus: pollMs !== false,
  });
}

/** Failures over time, up to now; the chart before stays until the new one is there. */
export function useFailures({ by, range, bucket }: ChartView): UseQueryResult<FailuresOverTime> {
  const pollMs = usePolling(20_000);
  return useOfficeQuery(
    ['statistics', 'failures', by, range, bucket],
    (signal) =>
      office.failures(
        { by, bucket, from: chartFrom({ range, bucket }, new Date()), timeZone: localTimeZone() },
        signal,
      ),
    { refetchInterval: pollMs, refetchOnWindowFocus: pollMs !== false, keepPrevious: true },
  );
}
