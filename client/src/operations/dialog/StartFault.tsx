import Alert from '@mui/material/Alert';

import { OfficeError } from '../../api/office-error.ts';
import { useText } from '../../i18n/use-text.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';

/** Why an operation was not started, or that nobody knows. A selection that drifted is no fault: it asks again. */
export function StartFault({ error }: { error: Error }) {
  const text = useText();
  if (error instanceof OfficeError && error.code === 'operation.selectionDrifted') {
    return (
      <Alert severity="warning" variant="outlined" sx={{ mt: 1.5 }}>
        {text('dialog.drifted', { expected: Number(error.params['expected']), now: Number(error.params['count']) })}
      </Alert>
    );
  }
  const isSure = error instanceof OfficeError && !error.outcomeUnknown;
  return <FaultNotice error={error} meaning={text(isSure ? 'dialog.notStarted' : 'dialog.maybeStarted')} />;
}
