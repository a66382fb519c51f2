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
        {text('operations.cancel')}
      </GatedButton>
      {asking && (
        <ConfirmDialog
          title={text('operations.cancelTitle', { id: operation.id })}
          text={text('operations.cancelText', { count: Math.max(0, operation.total - doneCount(operation)) })}
          confirm={text('operations.cancel')}
          cancel={text('operations.keepRunning')}
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
