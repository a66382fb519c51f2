import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';

interface RevealDialogProps {
  title: string;
  explanation: string;
  submit: string;
  isBusy?: boolean;
  error?: unknown;
  onReason: (reason: string) => void;
  onClose: () => void;
}

const MOST_REASON = 500;

/** Asks why somebody wants to see data without masks: the reason is on record before anything is shown. */
export function RevealDialog(props: RevealDialogProps) {
  const { title, explanation, submit, isBusy = false, error, onReason, onClose } = props;
  const text = useText();
  const [reason, setReason] = useState('');
  return (
    <FormDialog
      title={title}
      submit={submit}
      isBusy={isBusy}
      isEdited={reason !== ''}
      blocked={reason.trim() === '' ? text('masking.reasonMissing') : undefined}
      noValidate
      error={error}
      onSubmit={() => {
        onReason(reason.trim());
      }}
      onClose={onClose}
    >
      <Typography variant="body2" color="text.secondary" sx={{ mb: 2 }}>
        {explanation}
      </Typography>
      <TextField
        autoFocus
        fullWidth
        multiline
        minRows={2}
        required
        label={text('masking.reason')}
        value={reason}
        slotProps={{ htmlInput: { maxLength: MOST_REASON } }}
        onChange={(event) => {
          setReason(event.target.value);
        }}
      />
    </FormDialog>
  );
}
