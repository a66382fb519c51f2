import AcUnit from '@mui/icons-material/AcUnit';
import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import { useMay } from '../session/use-user.ts';
import { shortTime } from '../show/times.ts';
import { ThawButton } from './ThawButton.tsx';
import { useSettings } from './use-settings.ts';

/** For everybody, while no message is resent because somebody said so: who, since when, and why. */
export function FrozenBanner() {
  const text = useText();
  const locale = useLocale();
  const mayFreeze = useMay('resends.freeze');
  const frozen = useSettings()?.resendsFrozen ?? null;
  const title =
    frozen &&
    text('frozen.banner', {
      by: frozen.by,
      since: shortTime(new Date(frozen.since), new Date(), locale),
      reason: frozen.reason,
    });
  // Always there: a screen reader announces a change of a region, not a region that appears.
  return (
    <Box role="status">
      {frozen && (
        <Box
          data-testid="frozen-banner"
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            alignItems: 'center',
            columnGap: 1.5,
            rowGap: 0.5,
            px: { xs: 2, md: 3 },
            py: 1,
            borderBottom: 1,
            borderColor: 'divider',
            borderLeft: 4,
            borderLeftColor: (theme) => theme.palette.state.waiting,
            bgcolor: 'background.paper',
            fontSize: '0.8125rem',
            lineHeight: 1.5,
          }}
        >
          <Box sx={{ display: 'flex', gap: 1.5, flex: '1 1 260px', minWidth: 0, overflowWrap: 'anywhere' }}>
            <AcUnit aria-hidden sx={{ fontSize: 20, color: (theme) => theme.palette.state.waiting }} />
            <div>
              <strong>{title}</strong> {text('frozen.bannerText')}
            </div>
          </Box>
          {mayFreeze && <ThawButton />}
        </Box>
      )}
    </Box>
  );
}
