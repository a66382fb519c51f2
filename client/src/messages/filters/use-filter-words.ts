import { useLocale } from 'ra-core';
import { useMemo } from 'react';

import { FAILURE_REASONS } from '../../../../server/contract/messages.ts';
import { OUTCOMES } from '../../../../server/contract/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { shortTime } from '../../show/times.ts';
import { relativeSpan, type MessageFilterName } from '../message-list-spec.ts';

export interface FilterWords {
  name: (name: MessageFilterName) => string;
  value: (name: MessageFilterName, value: string) => string;
}

/** Names and values of filters in the reader's words. */
export function useFilterWords(): FilterWords {
  const text = useText();
  const locale = useLocale();
  return useMemo(() => {
    const units = { m: 'time.minutes', h: 'time.hours', d: 'time.days' } as const;
    return {
      name: (name) => text(`filter.${name}`),
      value: (name, value) => {
        if (name === 'reason') return text(`reason.${FAILURE_REASONS.find((reason) => reason === value) ?? 'unknown'}`);
        if (name === 'outcome') return text(`outcome.${OUTCOMES.find((outcome) => outcome === value) ?? 'unknown'}`);
        if (name === 'possibleDuplicate') return text(value === 'true' ? 'common.yes' : 'common.no');
        if (name === 'failedAfter' || name === 'failedBefore') {
          const span = relativeSpan(value);
          if (span) return text('time.last', { span: text(units[span.unit], { count: span.amount }) });
          return Number.isNaN(Date.parse(value)) ? value : shortTime(new Date(value), new Date(), locale);
        }
        return value;
      },
    };
  }, [text, locale]);
}
