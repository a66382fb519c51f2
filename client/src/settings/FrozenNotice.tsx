import Alert from '@mui/material/Alert';

import type { Settings } from '../../../server/contract/schemas/settings.ts';
import { useText } from '../i18n/use-text.ts';

/** Beside a resend that is about to be started while all of them are frozen: it would wait. */
export function FrozenNotice({ frozen }: { frozen: NonNullable<Settings['resendsFrozen']> }) {
  const text = useText();
  return (
    <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
      {text('hold.resendsFrozen', { by: frozen.by, reason: frozen.reason })}
    </Alert>
  );
}
