import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { useId, type ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';
import { ActFault } from './ActFault.tsx';
import { GatedButton } from './GatedButton.tsx';
import { useUnsavedEdits } from './use-unsaved-edits.ts';

interface FormDialogProps {
  title: ReactNode;
  /** What its button says. */
  submit: ReactNode;
  isBusy: boolean;
  /** Something was typed that closing it would lose. */
  isEdited: boolean;
  /** Why it cannot be submitted as it is. */
  blocked?: string | undefined;
  /** `blocked` says all there is to say: the browser's own checks are off. */
  noValidate?: boolean;
  /** What the submission failed with. */
  error?: unknown;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog around a short form. Escape and a press beside it ask before they lose what was typed. */
export function FormDialog(props: FormDialogProps) {
  const { title, submit, isBusy, isEdited, blocked, noValidate = false, error, onSubmit, onClose, children } = props;
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
        noValidate={noValidate}
        onSubmit={(event) => {
          event.preventDefault();
          if (blocked === undefined && !isBusy) onSubmit();
        }}
      >
        <DialogTitle id={titleId}>{title}</DialogTitle>
        <DialogContent>
          {children}
          {error !== undefined && error !== null && <ActFault error={error} />}
        </DialogContent>
        <DialogActions>
          <Button color="inherit" onClick={onClose}>
            {text('common.cancel')}
          </Button>
          <GatedButton blocked={blocked} type="submit" variant="contained" loading={isBusy}>
            {submit}
          </GatedButton>
        </DialogActions>
      </Box>
    </Dialog>
  );
}
