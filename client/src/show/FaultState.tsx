import CloudOff from '@mui/icons-material/CloudOffOutlined';
import Button from '@mui/material/Button';

import { useText } from '../i18n/use-text.ts';
import { QuietState } from './QuietState.tsx';
import { useFaultText } from './use-fault-text.ts';

/** Stands where something could not be loaded: what happened, that nothing was changed, and the way on. */
export function FaultState({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const text = useText();
  const { what, detail, request } = useFaultText()(error);
  return (
    <QuietState
      alert
      icon={CloudOff}
      title={text('fault.title')}
      text={
        <>
          <div>{what}</div>
          {detail !== undefined && <div>{detail}</div>}
          {request !== undefined && <div>{request}</div>}
        </>
      }
      action={
        onRetry && (
          <Button variant="outlined" onClick={onRetry}>
            {text('common.tryAgain')}
          </Button>
        )
      }
    />
  );
}
