import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, type ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';
import { ActFault } from '../show/ActFault.tsx';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';

interface QueueDialogProps {
  title: string;
  submit: string;
  isBusy: boolean;
  /** Something is in it that would be lost. */
  isEdited: boolean;
  error: Error | null;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** The dialog around a form of a dead queue. */
export function QueueDialog({ title, submit, isBusy, isEdited, error, onSubmit, onClose, children }: QueueDialogProps) {
  const text = useText();
  const titleId = useId();
  const { askBefore } = useUnsavedEdits(isEdited);
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
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          {children}
          {error && <ActFault error={error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>
            {text('common.cancel')}
          </Button>
          <Button type="submit" variant="contained" loading={isBusy}>
            {submit}
          </Button>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
