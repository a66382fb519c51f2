import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { useSay } from '../show/use-say.ts';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { useChangeSettings } from './use-settings.ts';

/** Freezes all resends, which asks for the reason, or lets them go on. */
export function FreezeDialog({ isFrozen: given, onClose }: { isFrozen: boolean; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const titleId = useId();
  // The question stays the one that was opened, also when the answer is there.
  const [isFrozen] = useState(given);
  const [reason, setReason] = useState('');
  const change = useChangeSettings(() => {
    say.done(isFrozen ? 'frozen.isThawed' : 'frozen.isFrozen');
    onClose();
  });
  const isReady = isFrozen || reason.trim() !== '';
  const { askBefore } = useUnsavedEdits(reason.trim() !== '');
  return (
    <Dialog
      open
      onClose={() => {
        askBefore(onClose);
      }}
      fullWidth
      maxWidth="xs"
      aria-labelledby={titleId}
    >
      <Box
        component="form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (isReady) change.mutate({ resendsFrozen: isFrozen ? null : { reason: reason.trim() } });
        }}
      >
        <DialogTitle id={titleId}>{text(isFrozen ? 'frozen.thawTitle' : 'frozen.title')}</DialogTitle>
        <DialogContent>
          <Typography variant="body2" color="text.secondary">
            {text(isFrozen ? 'frozen.thawText' : 'frozen.text')}
          </Typography>
          {!isFrozen && (
            <TextField
              autoFocus
              fullWidth
              required
              size="small"
              margin="normal"
              label={text('frozen.reason')}
              placeholder={text('frozen.reasonPlaceholder')}
              helperText={text('frozen.reasonHint')}
              value={reason}
              onChange={(event) => {
                setReason(event.target.value);
              }}
              slotProps={{ htmlInput: { maxLength: 500 } }}
            />
          )}
          {change.error && <ActFault error={change.error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>
            {text('common.cancel')}
          </Button>
          <GatedButton
            blocked={isReady ? undefined : text('missing.reason')}
            type="submit"
            variant="contained"
            loading={change.isPending}
          >
            {text(isFrozen ? 'frozen.thaw' : 'frozen.confirm')}
          </GatedButton>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
