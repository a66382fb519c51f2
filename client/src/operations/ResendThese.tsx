import Send from '@mui/icons-material/SendOutlined';
import { useState } from 'react';

import type { Outcome } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { LazyActDialog } from './dialog/LazyActDialog.tsx';

/** Sends again what of an operation ended in one way, however many: those of them that may be sent again now. */
export function ResendThese({ operation, outcome }: { operation: Operation; outcome: Outcome }) {
  const text = useText();
  const blocked = useBlocked('messages.act');
  const [asking, setAsking] = useState(false);
  return (
    <>
      <GatedButton
        blocked={blocked}
        variant="outlined"
        startIcon={<Send aria-hidden />}
        onClick={() => {
          setAsking(true);
        }}
      >
        {text('operations.resendThese', { count: operation.outcomes[outcome] })}
      </GatedButton>
      {asking && (
        <LazyActDialog
          action="resend"
          selection={{ kind: 'filter', filter: { operationId: operation.id, outcome: [outcome] } }}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </>
  );
}
