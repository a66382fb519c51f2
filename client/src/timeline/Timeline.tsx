import Close from '@mui/icons-material/Close';
import Download from '@mui/icons-material/Download';
import Hourglass from '@mui/icons-material/HourglassEmpty';
import type { SvgIconComponent } from '@mui/icons-material';
import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { shortTime } from '../show/times.ts';
import { OUTCOME_LOOKS, STATUS_LOOKS } from '../show/marks.ts';
import { Time } from '../show/Time.tsx';
import type { StateColours } from '../theme/theme.ts';
import { TimelineText } from './TimelineText.tsx';

interface TimelineProps {
  entries: readonly TimelineEntry[];
  /** Says at each entry which message it is of: for histories of several. */
  withMessage?: boolean;
}

/** What happened, oldest first: deaths, operations, and looks at what is protected. */
export function Timeline({ entries, withMessage = false }: TimelineProps) {
  const text = useText();
  const locale = useLocale();
  if (entries.length === 0)
    return <Box sx={{ fontSize: '0.8125rem', color: 'text.secondary' }}>{text('timeline.empty')}</Box>;
  const diedBefore = new Set<string>();
  return (
    <Box
      component="ol"
      data-testid="timeline"
      sx={{ listStyle: 'none', m: 0, p: 0, fontSize: '0.8125rem', lineHeight: 1.5 }}
    >
      {entries.map((entry, index) => {
        const again = entry.kind === 'died' && diedBefore.has(entry.messageId);
        if (entry.kind === 'died') diedBefore.add(entry.messageId);
        const { icon: Icon, colour } = look(entry);
        return (
          <Box
            key={`${entry.at} ${entry.messageId} ${index}`}
            component="li"
            sx={{
              display: 'grid',
              gridTemplateColumns: { xs: '24px 1fr', sm: '118px 24px 1fr' },
              columnGap: 1.5,
              position: 'relative',
              pb: 1.5,
            }}
          >
            <Box sx={{ display: { xs: 'none', sm: 'block' }, textAlign: 'right', color: 'text.secondary' }}>
              <Time at={entry.at} />
            </Box>
            <Box
              sx={{
                display: 'grid',
                placeItems: 'center',
                width: 22,
                height: 22,
                borderRadius: '50%',
                border: 1,
                bgcolor: 'background.paper',
                color: (theme) => theme.palette.state[colour],
                zIndex: 1,
              }}
            >
              <Icon aria-hidden sx={{ fontSize: 14 }} />
            </Box>
            {index < entries.length - 1 && (
              <Box
                aria-hidden
                sx={{
                  position: 'absolute',
                  top: 22,
                  bottom: 0,
                  width: '1px',
                  bgcolor: 'divider',
                  left: { xs: 11, sm: 118 + 12 + 11 },
                }}
              />
            )}
            <Box sx={{ minWidth: 0 }}>
              <Box component="span" sx={{ display: { sm: 'none' }, color: 'text.secondary', mr: 1 }}>
                {shortTime(new Date(entry.at), new Date(), locale)}
              </Box>
              <TimelineText entry={entry} again={again} withMessage={withMessage} />
            </Box>
          </Box>
        );
      })}
    </Box>
  );
}

function look(entry: TimelineEntry): { icon: SvgIconComponent; colour: keyof StateColours } {
  if (entry.kind === 'died') return { icon: Close, colour: 'bad' };
  if (entry.kind === 'settled') return STATUS_LOOKS.settled;
  if (entry.kind === 'audit') return { icon: Download, colour: 'quiet' };
  return entry.outcome === null ? { icon: Hourglass, colour: 'moving' } : OUTCOME_LOOKS[entry.outcome];
}
