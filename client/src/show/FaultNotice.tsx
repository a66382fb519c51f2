import Alert from '@mui/material/Alert';
import type { ReactNode } from 'react';

import { useFaultText } from './use-fault-text.ts';

/** An error beside what caused it, for example in a dialog. `meaning` says what became of the user's act. */
export function FaultNotice({ error, meaning }: { error: unknown; meaning?: ReactNode }) {
  const { what, detail, request } = useFaultText()(error);
  return (
    <Alert severity="error" variant="outlined" sx={{ mt: 1.5 }}>
      <strong>{what}</strong>
      {detail !== undefined && <div>{detail}</div>}
      {meaning !== undefined && <div>{meaning}</div>}
      {request !== undefined && <div>{request}</div>}
    </Alert>
  );
}
