import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import Warning from '@mui/icons-material/WarningAmber';

import type { OperationPreview } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { inexactText } from '../../show/inexact-text.ts';

interface InexactProps {
  inexact: OperationPreview['inexact'];
  isSent: boolean;
  onSend: (send: boolean) => void;
}

/** What of a resend cannot go exactly as it was, by its parts, and the question whether it goes without them. */
export function Inexact({ inexact, isSent, onSend }: InexactProps) {
  const text = useText();
  if (inexact === null && !isSent) return null;
  return (
    <>
      {inexact !== null && (
        <Box sx={{ display: 'flex', gap: 1, mt: 1.5, fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
          <Warning aria-hidden sx={{ fontSize: '1rem', mt: '2px', color: (theme) => theme.palette.state.bad }} />
          {text(isSent ? 'dialog.inexactSent' : 'dialog.inexact', {
            count: inexact.count,
            parts: inexactText(inexact.parts, text),
          })}
        </Box>
      )}
      <FormControlLabel
        label={text('dialog.sendInexact', { count: inexact?.count ?? 1 })}
        slotProps={{ typography: { variant: 'body2' } }}
        control={
          <Checkbox
            checked={isSent}
            onChange={(_event, on) => {
              onSend(on);
            }}
          />
        }
      />
    </>
  );
}
