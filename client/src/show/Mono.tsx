import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import { MONO } from '../theme/theme.ts';

/** Names and keys as they are on the wire. */
export function Mono({ children, wrap = false }: { children: ReactNode; wrap?: boolean }) {
  return (
    <Box component="span" sx={{ fontFamily: MONO, fontSize: '0.9em', overflowWrap: wrap ? 'anywhere' : 'normal' }}>
      {children}
    </Box>
  );
}
