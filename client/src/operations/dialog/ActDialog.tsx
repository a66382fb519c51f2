import Dialog from '@mui/material/Dialog';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useState } from 'react';

import type { Action } from '../../../../server/contract/operations.ts';
import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { AskStep } from './AskStep.tsx';
import { ProgressStep } from './ProgressStep.tsx';

export interface ActDialogProps {
  action: Action;
  messages: readonly Message[];
  /** `started` is whether an operation was started. */
  onClose: (started: boolean) => void;
}

/**
 * An act on messages, from the question to its outcomes.
 *
 * | step | shows | leaves it by |
 * |---|---|---|
 * | ask | how many, where to, what is left out, the reason | confirmed and accepted by the office → progress; cancelled → closed |
 * | progress | the operation itself, as it runs | closed; it goes on |
 *
 * Nothing is done before the office has accepted it, and nothing shows success before it is so.
 */
export function ActDialog({ action, messages: given, onClose }: ActDialogProps) {
  const [messages] = useState(given);
  const [operationId, setOperationId] = useState<string>();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const close = () => {
    onClose(operationId !== undefined);
  };
  return (
    <Dialog open onClose={close} fullWidth maxWidth="sm" fullScreen={small} aria-labelledby="act-title">
      {operationId === undefined ? (
        <AskStep action={action} messages={messages} onStarted={setOperationId} onCancel={close} />
      ) : (
        <ProgressStep operationId={operationId} onClose={close} />
      )}
    </Dialog>
  );
}
