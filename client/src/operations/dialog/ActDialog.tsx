import Dialog from '@mui/material/Dialog';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';

import type { Action } from '../../../../server/contract/operations.ts';
import { useUnsavedEdits } from '../../show/use-unsaved-edits.ts';
import type { ActSelection } from '../act-selection.ts';
import { AskStep } from './AskStep.tsx';
import { ProgressStep } from './ProgressStep.tsx';

export interface ActDialogProps {
  action: Action;
  selection: ActSelection;
  /** `started` is whether an operation was started. */
  onClose: (started: boolean) => void;
}

/**
 * An act on messages, from the question to its outcomes.
 *
 * | step | shows | leaves it by |
 * |---|---|---|
 * | ask | how many, where to, what is left out, how, the reason | accepted by the office → progress, or for many the page of the operation; cancelled → closed |
 * | progress | the operation itself, as it runs | closed; it goes on |
 *
 * Nothing is done before the office has accepted it, and nothing shows success before it is so.
 */
export function ActDialog({ action, selection: given, onClose }: ActDialogProps) {
  const [selection] = useState(given);
  const [operationId, setOperationId] = useState<string>();
  const [isEdited, setEdited] = useState(false);
  const { askBefore, forget } = useUnsavedEdits(isEdited && operationId === undefined);
  const navigate = useNavigate();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const close = () => {
    onClose(operationId !== undefined);
  };
  return (
    <Dialog
      open
      onClose={() => {
        askBefore(close);
      }}
      fullWidth
      maxWidth="sm"
      fullScreen={small}
      aria-labelledby="act-title"
    >
      {operationId === undefined ? (
        <AskStep
          action={action}
          selection={selection}
          onEdited={setEdited}
          onStarted={({ id, isLong }) => {
            if (!isLong) {
              setOperationId(id);
              return;
            }
            forget();
            onClose(true);
            void navigate(`/operations/${id}`);
          }}
          onCancel={close}
        />
      ) : (
        <ProgressStep operationId={operationId} onClose={close} />
      )}
    </Dialog>
  );
}
