import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { Action } from '../../../../server/contract/operations.ts';
import type { Message } from '../../../../server/contract/schemas/messages.ts';
import type { NewOperation, Target } from '../../../../server/contract/schemas/operations.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useText } from '../../i18n/use-text.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { plan } from '../action-rules.ts';
import { DestinationList } from './DestinationList.tsx';
import { Inexact } from './Inexact.tsx';
import { LeftOut } from './LeftOut.tsx';
import { TargetChoice } from './TargetChoice.tsx';
import { usePreview } from './use-preview.ts';
import { useStartOperation } from './use-start-operation.ts';

interface AskStepProps {
  action: Action;
  messages: readonly Message[];
  onStarted: (operationId: string) => void;
  onCancel: () => void;
}

/** The question before an act: how many, where to, and why. The button repeats the number. */
export function AskStep({ action, messages, onStarted, onCancel }: AskStepProps) {
  const text = useText();
  const [target, setTarget] = useState<Target>({ kind: 'original' });
  const [includeDuplicates, setIncludeDuplicates] = useState(false);
  const [sendInexact, setSendInexact] = useState(false);
  const [reason, setReason] = useState('');
  const { start, isStarting, error } = useStartOperation(onStarted);

  const divided = plan(action, messages, target.kind, includeDuplicates);
  const preview = usePreview(action === 'resend' ? divided.goes : [], target, {
    possibleDuplicates: includeDuplicates,
    inexact: sendInexact,
  });
  const count = divided.goes.length;
  const reasonMissing = action === 'handle' && reason.trim() === '';
  const confirm = () => {
    const operation: NewOperation = { action, selection: { ids: divided.goes.map(({ id }) => id) } };
    if (reason.trim() !== '') operation.reason = reason.trim();
    if (action === 'resend') {
      operation.target = target;
      if (includeDuplicates) operation.includePossibleDuplicates = true;
      if (sendInexact) operation.sendInexact = true;
    }
    start(operation);
  };

  return (
    <Box
      component="form"
      sx={{ display: 'contents' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (count > 0 && !reasonMissing) confirm();
      }}
    >
      <DialogTitle id="act-title">{text(`dialog.${action}`, { count })}</DialogTitle>
      <DialogContent>
        {action !== 'resend' && (
          <Typography variant="body2" color="text.secondary">
            {text(`dialog.${action}Text`, { count })}
          </Typography>
        )}
        {action === 'resend' && (
          <>
            <TargetChoice target={target} onChange={setTarget} />
            <DestinationList messages={divided.goes} target={target} preview={preview} />
          </>
        )}
        <LeftOut
          divided={divided}
          preview={preview}
          target={target.kind}
          includeDuplicates={includeDuplicates}
          onIncludeDuplicates={setIncludeDuplicates}
        />
        <Inexact inexact={preview?.inexact ?? null} isSent={sendInexact} onSend={setSendInexact} />
        <TextField
          fullWidth
          multiline
          maxRows={5}
          size="small"
          margin="normal"
          autoFocus={action !== 'resend'}
          required={action === 'handle'}
          label={text(action === 'handle' ? 'dialog.reason' : 'dialog.reasonOptional')}
          placeholder={text(action === 'handle' ? 'dialog.handleReasonPlaceholder' : 'dialog.reasonPlaceholder')}
          helperText={text('dialog.reasonHint')}
          value={reason}
          onChange={(event) => {
            setReason(event.target.value);
          }}
          slotProps={{ htmlInput: { maxLength: 2000 } }}
        />
        {error !== null && (
          <FaultNotice
            error={error}
            meaning={text(
              error instanceof OfficeError && !error.outcomeUnknown ? 'dialog.notStarted' : 'dialog.maybeStarted',
            )}
          />
        )}
      </DialogContent>
      <DialogActions>
        <Button color="inherit" onClick={onCancel}>
          {text('common.cancel')}
        </Button>
        <Button
          type="submit"
          variant="contained"
          color={action === 'delete' ? 'error' : 'primary'}
          disabled={count === 0 || reasonMissing || isStarting}
        >
          {isStarting
            ? text('dialog.working')
            : count === 0
              ? text('dialog.nothingLeft')
              : text(`dialog.${action}`, { count })}
        </Button>
      </DialogActions>
    </Box>
  );
}
