import Warning from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import { shortTime } from '../show/times.ts';
import { useHealth, useRecovery, worst } from './use-health.ts';

/** Only there when something is wrong: what, since when, and what it means for the messages. */
export function HealthBanner() {
  const text = useText();
  const locale = useLocale();
  const { readiness, unreachableSince } = useHealth();
  const trouble = worst(readiness, unreachableSince);
  useRecovery(trouble?.kind);
  const since =
    trouble?.since === undefined ? text('health.unknownSince') : shortTime(trouble.since, new Date(), locale);
  const title = trouble && text(`health.${trouble.kind}`, { since });
  // Always there: a screen reader announces a change of a region, not a region that appears.
  return (
    <>
      <Box
        role="alert"
        sx={{ position: 'absolute', width: '1px', height: '1px', overflow: 'hidden', clip: 'rect(0 0 0 0)' }}
      >
        {title}
      </Box>
      {trouble && (
        <Box
          data-testid="health-banner"
          sx={{
            display: 'flex',
            gap: 1.5,
            px: { xs: 2, md: 3 },
            py: 1.25,
            borderBottom: 1,
            borderColor: 'divider',
            borderLeft: 4,
            borderLeftColor: (theme) => theme.palette.state[trouble.kind === 'brokerAway' ? 'waiting' : 'bad'],
            bgcolor: 'background.paper',
            fontSize: '0.8125rem',
            lineHeight: 1.5,
          }}
        >
          <Warning
            aria-hidden
            sx={{
              fontSize: 20,
              color: (theme) => theme.palette.state[trouble.kind === 'brokerAway' ? 'waiting' : 'bad'],
            }}
          />
          <div>
            <strong>{title}</strong> {text(`health.${trouble.kind}Text`)}
          </div>
        </Box>
      )}
    </>
  );
}
