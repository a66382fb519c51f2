import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import { useLocale } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import { clockTime, exactLocalTime, exactUtcTime, relativeTime, shortTime } from './times.ts';
import { useNow } from './use-now.ts';

interface TimeProps {
  at: string;
  /**
   * `clock`: the time, with how long ago it was where there is room. `short`: the time alone. `ago`: how long ago.
   * Whatever is shown, the exact local time with its zone and UTC are in the tooltip.
   */
  show?: 'clock' | 'short' | 'ago';
}

/** A point in time, for reading: local, with the exact time and UTC on hover. */
export function Time({ at, show = 'short' }: TimeProps) {
  const locale = useLocale();
  const now = useNow();
  const text = useText();
  const date = new Date(at);
  const ago = relativeTime(date, now, locale) ?? text('time.justNow');
  const short = show === 'clock' ? clockTime(date, now, locale) : shortTime(date, now, locale);
  return (
    <Tooltip
      describeChild
      enterDelay={300}
      title={
        <>
          {exactLocalTime(date, locale)}
          <br />
          {exactUtcTime(date)}
          {show !== 'ago' && (
            <>
              <br />
              {ago}
            </>
          )}
        </>
      }
    >
      <time dateTime={at} style={{ whiteSpace: 'nowrap' }}>
        {show === 'ago' ? ago : short}
        {show === 'clock' && (
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
            {' '}
            · {ago}
          </Box>
        )}
      </time>
    </Tooltip>
  );
}
