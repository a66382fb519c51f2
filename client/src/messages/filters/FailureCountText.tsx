import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { useText } from '../../i18n/use-text.ts';
import { formatNumber } from '../../show/numbers.ts';

/** How many failures a value had in the last days; nothing where that is not counted. */
export function FailureCountText({ failures }: { failures: number | null }) {
  const text = useText();
  const locale = useLocale();
  if (failures === null) return null;
  return (
    <Box
      component="span"
      aria-label={text('filter.failures', { count: failures })}
      sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}
    >
      {formatNumber(failures, locale)}
    </Box>
  );
}
