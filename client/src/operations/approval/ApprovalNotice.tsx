import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';

import type { OperationPreview } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { approvalWords, isTooLarge } from './approval-words.ts';

interface ApprovalNoticeProps {
  preview: OperationPreview | undefined;
  /** Messages that would have their turn, by the choices made here. */
  going: number;
  /** Messages that it would be on, as the office counts for the limit of size. */
  counted: number;
}

/** Before an operation is started: that it takes a lead, or will wait for a second person. */
export function ApprovalNotice({ preview, going, counted }: ApprovalNoticeProps) {
  const text = useText();
  const limit = preview?.tooLarge;
  // The preview counts all that is selected; a limit that was chosen makes it smaller.
  const because = (preview?.approval?.because ?? []).filter(
    ({ code, params }) => code !== 'count' || going >= Number(params['from']),
  );
  return (
    <Box role="status">
      {limit && isTooLarge(preview, counted) && (
        <Alert severity="warning" variant="outlined" sx={{ mt: 1.5 }}>
          {text('approval.tooLarge', { from: limit.from })}
        </Alert>
      )}
      {preview?.approval && because.length > 0 && (
        <Alert severity="info" variant="outlined" sx={{ mt: 1.5 }}>
          <strong>{text('approval.willWait', { why: approvalWords(because, text) })}</strong>{' '}
          {text('approval.willWaitText', { hours: preview.approval.hours })}
        </Alert>
      )}
    </Box>
  );
}
