import { useLocale } from 'ra-core';
import { useCallback } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { shortTime } from '../show/times.ts';

/** Why an operation is not going on, or has stopped, in words; undefined where it goes on. */
export function useHoldText(): (operation: Operation) => string | undefined {
  const text = useText();
  const locale = useLocale();
  return useCallback(
    ({ hold, stoppedBecause }) => {
      if (stoppedBecause) return text(`stops.${stoppedBecause.code}`, stoppedBecause.params);
      if (hold === null) return undefined;
      const { count, until, text: said, ...rest } = hold.params;
      return text(`hold.${hold.code}`, {
        ...rest,
        // `count` would choose a plural.
        now: count,
        until: until === undefined ? '' : shortTime(new Date(until), new Date(), locale),
        text: said ?? '',
      }).trim();
    },
    [text, locale],
  );
}
