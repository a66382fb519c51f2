import { useLocale } from 'ra-core';
import { useMemo } from 'react';

import type { FailureSeries } from '../../../server/contract/schemas/statistics.ts';
import type { Bucket } from '../../../server/contract/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { shortType } from '../messages/message-parts.tsx';

interface TimeRange {
  from: string;
  to: string;
}

/** Names of series and of bars in the reader's language and time. */
export interface ChartWords {
  series: (series: FailureSeries) => string;
  /** In full: `Nov 22, 03:00 – 04:00`. */
  bucket: (bucket: TimeRange) => string;
  /** Short, for under the axis. */
  tick: (bucket: TimeRange) => string;
}

export function useChartWords(bucket: Bucket, spansDays: boolean): ChartWords {
  const text = useText();
  const locale = useLocale();
  return useMemo(() => {
    const day = new Intl.DateTimeFormat(locale, { month: 'short', day: 'numeric' });
    const weekday = new Intl.DateTimeFormat(locale, { weekday: 'short', month: 'short', day: 'numeric' });
    const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
    return {
      series: (series) => {
        if (series.kind === 'queue') return series.queue;
        if (series.kind === 'unknownQueue') return text('overview.unknownQueue');
        if (series.kind === 'others') return text('overview.others');
        const { errorType, message } = series.group;
        return errorType === null ? message : `${shortType(errorType)} · ${message}`;
      },
      bucket: ({ from, to }) => {
        const begin = new Date(from);
        if (bucket === 'day') return weekday.format(begin);
        return `${day.format(begin)}, ${clock.format(begin)} – ${clock.format(new Date(to))}`;
      },
      tick: ({ from }) => (bucket === 'hour' && !spansDays ? clock : day).format(new Date(from)),
    };
  }, [text, locale, bucket, spansDays]);
}
