import Skeleton from '@mui/material/Skeleton';
import Box from '@mui/material/Box';

import { useText } from '../i18n/use-text.ts';

/** Grey lines while something loads, so that nothing jumps when it arrives. */
export function Lines({ count = 8 }: { count?: number }) {
  const text = useText();
  return (
    <Box role="status" aria-label={text('app.loading')} sx={{ p: 1.5 }}>
      {Array.from({ length: count }, (_, line) => (
        <Skeleton key={line} height={24} width={`${92 - ((line * 17) % 40)}%`} sx={{ transform: 'none', my: 1 }} />
      ))}
    </Box>
  );
}
