import { useLocale } from 'ra-core';
import { useMemo } from 'react';

import { FAILURE_REASONS, MESSAGE_STATUSES } from '../../../../server/contract/messages.ts';
import { OUTCOMES } from '../../../../server/contract/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { shortTime } from '../../show/times.ts';
import type { MessageFilter } from '../../../../server/contract/schemas/messages.ts';
import { relativeSpan } from '../message-list-spec.ts';

type FilterName = keyof MessageFilter;

const TIMES: readonly FilterName[] = ['failedAfter', 'failedBefore', 'capturedAfter', 'capturedBefore'];

export interface FilterWords {
  name: (name: FilterName) => string;
  value: (name: FilterName, value: string) => string;
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
        if (name === 'status')
          return text(`status.${MESSAGE_STATUSES.find((status) => status === value) ?? 'unknown'}`);
        if (name === 'outcome') return text(`outcome.${OUTCOMES.find((outcome) => outcome === value) ?? 'unknown'}`);
        if (name === 'possibleDuplicate') return text(value === 'true' ? 'common.yes' : 'common.no');
        if (TIMES.includes(name)) {
          const span = relativeSpan(value);
          if (span) return text('time.last', { span: text(units[span.unit], { count: span.amount }) });
          return Number.isNaN(Date.parse(value)) ? value : shortTime(new Date(value), new Date(), locale);
        }
        return value;
      },
    };
  }, [text, locale]);
}
