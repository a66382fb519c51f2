import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';

import { useText } from '../i18n/use-text.ts';

/** While the session is checked, before anything of the frame is there. */
export function Loading() {
  const text = useText();
  return (
    <Box sx={{ height: '100vh', display: 'grid', placeItems: 'center' }}>
      <CircularProgress size={28} aria-label={text('app.loading')} />
    </Box>
  );
}
