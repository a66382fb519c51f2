import Block from '@mui/icons-material/Block';
import Check from '@mui/icons-material/Check';
import Box from '@mui/material/Box';
import { useState } from 'react';

import type { Operation } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { useBlocked, useUser } from '../../session/use-user.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { approvalWords } from './approval-words.ts';
import { DecisionDialog } from './DecisionDialog.tsx';

/** Why it waits for a second person, and the answers of that person. Who cannot be that is told why. */
export function OperationApproval({ operation }: { operation: Operation }) {
  const text = useText();
  const user = useUser();
  const denied = useBlocked('operations.approve');
  const [verb, setVerb] = useState<'approve' | 'reject'>();
  const blocked = denied ?? (user?.fullName === operation.actor ? text('approval.own') : undefined);
  return (
    <>
      <div>{text('approval.needed', { why: approvalWords(operation.approval?.because ?? [], text) })}</div>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1 }}>
        <GatedButton
          blocked={blocked}
          variant="contained"
          startIcon={<Check aria-hidden />}
          onClick={() => {
            setVerb('approve');
          }}
        >
          {text('approval.approve')}
        </GatedButton>
        <GatedButton
          blocked={blocked}
          variant="outlined"
          color="inherit"
          startIcon={<Block aria-hidden />}
          onClick={() => {
            setVerb('reject');
          }}
        >
          {text('approval.reject')}
        </GatedButton>
      </Box>
      {verb && (
        <DecisionDialog
          operation={operation}
          verb={verb}
          onClose={() => {
            setVerb(undefined);
          }}
        />
      )}
    </>
  );
}
