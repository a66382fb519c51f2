import Cancel from '@mui/icons-material/CancelOutlined';
import { useState } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { ConfirmDialog } from '../show/ConfirmDialog.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { doneCount } from './operation-queries.ts';
import { useSteering } from './use-steering.ts';

/** Cancels what has not had its turn, after a question. */
export function CancelRest({ operation }: { operation: Operation }) {
  const text = useText();
  const [asking, setAsking] = useState(false);
  const { steer, isSteering, blocked } = useSteering(operation);
  const isAwaiting = operation.status === 'awaitingApproval';
  const verb = text(isAwaiting ? 'approval.cancel' : 'operations.cancel');
  return (
    <>
      <GatedButton
        blocked={blocked}
        variant="outlined"
        color="inherit"
        startIcon={<Cancel aria-hidden />}
        onClick={() => {
          setAsking(true);
        }}
      >
        {verb}
      </GatedButton>
      {asking && (
        <ConfirmDialog
          title={text(isAwaiting ? 'approval.cancelTitle' : 'operations.cancelTitle', { id: operation.id })}
          text={
            isAwaiting
              ? text('approval.cancelText')
              : text('operations.cancelText', { count: Math.max(0, operation.total - doneCount(operation)) })
          }
          confirm={verb}
          cancel={text(isAwaiting ? 'approval.keep' : 'operations.keepRunning')}
          isBusy={isSteering}
          onConfirm={() => {
            steer('cancel', () => {
              setAsking(false);
            });
          }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
