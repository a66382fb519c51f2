import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId } from 'react';

import type { MadeApiToken } from '../../../server/contract/schemas/tokens.ts';
import { useText } from '../i18n/use-text.ts';
import { CopyButton } from '../show/CopyButton.tsx';
import { MONO } from '../theme/theme.ts';

/** The one time that a token is shown, with a call that tries it. Only its button closes this: nothing else by accident. */
export function MadeToken({ token: { name, token }, onClose }: { token: MadeApiToken; onClose: () => void }) {
  const text = useText();
  const titleId = useId();
  // The token stands in the example by a variable: a shell's history is no place for it.
  const example = `curl -H "Authorization: Bearer $DLO_TOKEN" \\\n  "${window.location.origin}/api/messages?status=pending&perPage=10"`;
  return (
    <Dialog open fullWidth maxWidth="sm" aria-labelledby={titleId}>
      <DialogTitle id={titleId} sx={{ overflowWrap: 'anywhere' }}>
        {text('tokens.madeTitle', { name })}
      </DialogTitle>
      <DialogContent>
        <Typography variant="body2" color="text.secondary">
          {text('tokens.madeText')}
        </Typography>
        <Shown what={text('tokens.token')} value={token} />
        <Shown what={text('tokens.example')} value={example} />
      </DialogContent>
      <DialogActions>
        <Button variant="contained" onClick={onClose}>
          {text('tokens.close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}

function Shown({ what, value }: { what: string; value: string }) {
  return (
    <Box component="section" aria-label={what} sx={{ mt: 2 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 1, minHeight: 32 }}>
        <Typography variant="subtitle2" component="h3">
          {what}
        </Typography>
        <CopyButton what={what} value={value} />
      </Box>
      <Box
        component="pre"
        tabIndex={0}
        sx={{
          m: 0,
          p: 1.25,
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          fontFamily: MONO,
          fontSize: '0.8125rem',
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
        }}
      >
        {value}
      </Box>
    </Box>
  );
}
