import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Operation } from '../../../../server/contract/schemas/operations.ts';
import { office } from '../../api/office.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';
import { useText } from '../../i18n/use-text.ts';
import { FormDialog } from '../../show/FormDialog.tsx';
import { useNow } from '../../show/use-now.ts';
import { useSay } from '../../show/use-say.ts';
import { takeOperation } from '../operation-queries.ts';

interface DecisionDialogProps {
  operation: Operation;
  verb: 'approve' | 'reject';
  onClose: () => void;
}

/** A second person's word on an operation, with the reason. */
export function DecisionDialog({ operation: { id, total, startAt }, verb, onClose }: DecisionDialogProps) {
  const text = useText();
  const say = useSay();
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const now = useNow().getTime();
  const [reason, setReason] = useState('');
  const decide = useMutation({
    mutationFn: () => guard(office.decideOperation(id, verb, reason.trim())),
    onSuccess: (decided) => {
      takeOperation(queryClient, decided);
      say.done(verb === 'approve' ? 'approval.isApproved' : 'approval.isRejected', { id });
      onClose();
    },
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['operations'] });
    },
  });
  const isLater = startAt !== null && Date.parse(startAt) > now;
  const meaning =
    verb === 'reject'
      ? text('approval.rejectText')
      : text(isLater ? 'approval.approveLaterText' : 'approval.approveText', { count: total });
  return (
    <FormDialog
      title={text(verb === 'approve' ? 'approval.approveTitle' : 'approval.rejectTitle', { id })}
      submit={text(`approval.${verb}`)}
      isBusy={decide.isPending}
      isEdited={reason.trim() !== ''}
      blocked={reason.trim() === '' ? text('missing.reason') : undefined}
      noValidate
      error={decide.error}
      onSubmit={() => {
        decide.mutate();
      }}
      onClose={onClose}
    >
      <Typography variant="body2" color="text.secondary">
        {meaning}
      </Typography>
      <TextField
        autoFocus
        fullWidth
        required
        multiline
        maxRows={5}
        size="small"
        margin="normal"
        label={text('approval.reason')}
        helperText={text('approval.reasonHint')}
        value={reason}
        onChange={(event) => {
          setReason(event.target.value);
        }}
        slotProps={{ htmlInput: { maxLength: 2000 } }}
      />
    </FormDialog>
  );
}
