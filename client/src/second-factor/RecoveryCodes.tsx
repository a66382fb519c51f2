import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';

import { useText } from '../i18n/use-text.ts';
import { CopyButton } from '../show/CopyButton.tsx';
import { Mono } from '../show/Mono.tsx';

/** The recovery codes, which nobody is shown again. */
export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const text = useText();
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Typography variant="h2">{text('secondFactor.codesTitle')}</Typography>
      <Typography>{text('secondFactor.codesText')}</Typography>
      <Box
        component="ul"
        aria-label={text('secondFactor.codesTitle')}
        sx={{ m: 0, p: 0, listStyle: 'none', display: 'grid', gridTemplateColumns: { sm: '1fr 1fr' }, gap: 1 }}
      >
        {codes.map((code) => (
          <li key={code}>
            <Mono>{code}</Mono>
          </li>
        ))}
      </Box>
      <Box sx={{ display: 'flex', gap: 1, justifyContent: 'flex-end' }}>
        <CopyButton what={text('secondFactor.codesTitle')} value={codes.join('\n')} />
        <Button variant="contained" onClick={onKept} autoFocus>
          {text('secondFactor.kept')}
        </Button>
      </Box>
    </Box>
  );
}
