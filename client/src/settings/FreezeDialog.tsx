import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { useChangeSettings } from './use-settings.ts';

/** Freezes all resends, which asks for the reason, or lets them go on. */
export function FreezeDialog({ isFrozen: given, onClose }: { isFrozen: boolean; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  // The question stays the one that was opened, also when the answer is there.
  const [isFrozen] = useState(given);
  const [reason, setReason] = useState('');
  const change = useChangeSettings(() => {
    say.done(isFrozen ? 'frozen.isThawed' : 'frozen.isFrozen');
    onClose();
  });
  return (
    <FormDialog
      title={text(isFrozen ? 'frozen.thawTitle' : 'frozen.title')}
      submit={text(isFrozen ? 'frozen.thaw' : 'frozen.confirm')}
      isBusy={change.isPending}
      isEdited={reason.trim() !== ''}
      blocked={isFrozen || reason.trim() !== '' ? undefined : text('missing.reason')}
      noValidate
      error={change.error}
      onSubmit={() => {
        change.mutate({ resendsFrozen: isFrozen ? null : { reason: reason.trim() } });
      }}
      onClose={onClose}
    >
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
    </FormDialog>
  );
}
