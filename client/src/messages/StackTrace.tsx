import Box from '@mui/material/Box';

import { useText } from '../i18n/use-text.ts';
import { MaskedText } from '../masking/MaskedText.tsx';
import { CopyButton } from '../show/CopyButton.tsx';
import { MONO } from '../theme/theme.ts';

/** A stack trace as it came. `maxHeight`: as high as it grows before it scrolls inside itself, a CSS length. */
export function StackTrace({ stack, maxHeight }: { stack: string | null; maxHeight: string }) {
  const text = useText();
  if (stack === null) return <Box color="text.secondary">{text('error.noStack')}</Box>;
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between' }}>
        <strong>{text('error.stack')}</strong>
        <CopyButton what={text('error.stack')} value={stack} />
      </Box>
      <Box
        component="pre"
        role="region"
        aria-label={text('error.stack')}
        tabIndex={0}
        sx={{
          m: 0,
          mt: 0.5,
          px: 1.5,
          py: 1,
          borderRadius: 1,
          bgcolor: 'sunken',
          fontFamily: MONO,
          fontSize: '0.78rem',
          lineHeight: 1.6,
          overflow: 'auto',
          maxHeight,
        }}
      >
        <MaskedText>{stack}</MaskedText>
      </Box>
    </Box>
  );
}
