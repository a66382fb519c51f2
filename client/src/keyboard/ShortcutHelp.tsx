import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { TextKey } from '../i18n/texts.ts';
import { useText } from '../i18n/use-text.ts';
import { Key } from './Key.tsx';
import { useShortcut } from './use-shortcut.ts';

const SECTIONS: readonly { title: TextKey; keys: readonly { keys: readonly string[]; does: TextKey }[] }[] = [
  {
    title: 'keys.everywhere',
    keys: [
      { keys: ['o'], does: 'keys.order' },
      { keys: ['?'], does: 'keys.help' },
      { keys: ['Esc'], does: 'keys.leave' },
    ],
  },
  {
    title: 'keys.inMessages',
    keys: [
      { keys: ['/'], does: 'keys.search' },
      { keys: ['j', 'k'], does: 'keys.move' },
      { keys: ['Enter'], does: 'keys.open' },
      { keys: ['x'], does: 'keys.select' },
      { keys: ['r'], does: 'keys.resend' },
      { keys: ['d'], does: 'keys.delete' },
    ],
  },
  {
    title: 'keys.inMessage',
    keys: [
      { keys: ['j', 'k'], does: 'keys.neighbours' },
      { keys: ['/'], does: 'keys.searchBody' },
      { keys: ['←', '→'], does: 'keys.fold' },
      { keys: ['e'], does: 'keys.edit' },
    ],
  },
];

/** The keys of the console, opened by `?` from anywhere. */
export function ShortcutHelp() {
  const text = useText();
  const titleId = useId();
  const [open, setOpen] = useState(false);
  useShortcut('?', () => {
    setOpen(true);
  });
  const close = () => {
    setOpen(false);
  };
  if (!open) return null;
  return (
    <Dialog open onClose={close} maxWidth="xs" fullWidth aria-labelledby={titleId}>
      <DialogTitle id={titleId}>{text('keys.title')}</DialogTitle>
      <DialogContent>
        {SECTIONS.map(({ title, keys }) => (
          <Box key={title} component="section" sx={{ mt: 1.5 }}>
            <Typography variant="h3" color="text.secondary" sx={{ mb: 0.5 }}>
              {text(title)}
            </Typography>
            <Box
              component="dl"
              sx={{
                display: 'grid',
                gridTemplateColumns: '84px 1fr',
                m: 0,
                fontSize: '0.8125rem',
                lineHeight: 1.5,
                '& dt, & dd': { m: 0, py: 0.5, borderTop: 1, borderColor: 'divider' },
                '& dt': { display: 'flex', gap: 0.5, alignItems: 'center' },
              }}
            >
              {keys.map(({ keys: pressed, does }) => (
                <Box key={does} sx={{ display: 'contents' }}>
                  <dt>
                    {pressed.map((key) => (
                      <Key key={key}>{key}</Key>
                    ))}
                  </dt>
                  <dd>{text(does)}</dd>
                </Box>
              ))}
            </Box>
          </Box>
        ))}
        <Typography variant="body2" color="text.secondary" sx={{ mt: 1.5 }}>
          {text('keys.hint')}
        </Typography>
      </DialogContent>
      <DialogActions>
        <Button onClick={close} autoFocus>
          {text('common.close')}
        </Button>
      </DialogActions>
    </Dialog>
  );
}
