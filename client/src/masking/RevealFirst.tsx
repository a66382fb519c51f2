import Lock from '@mui/icons-material/VisibilityOffOutlined';
import Button from '@mui/material/Button';

import { office } from '../api/office.ts';
import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';
import { QuietState } from '../show/QuietState.tsx';
import { useRevealed } from './use-revealed.tsx';

/** Whether the office wants a reason first. */
export function needsReveal(error: unknown): boolean {
  return error instanceof OfficeError && error.code === 'reveal.needed';
}

/** In place of a screen that shows a message without masks, such as its editor: the question for the reason. */
export function RevealFirst({ messageId, onRevealed }: { messageId: string; onRevealed: () => void }) {
  const text = useText();
  const { reveal, dialog } = useRevealed(messageId, async (reason) => {
    const shown = await office.reveal(messageId, reason);
    onRevealed();
    return shown.id;
  });
  return (
    <>
      <QuietState
        icon={Lock}
        title={text('masking.firstTitle')}
        text={text('masking.firstText')}
        action={
          <Button variant="contained" onClick={reveal.ask}>
            {text('masking.revealAsk')}
          </Button>
        }
      />
      {dialog}
    </>
  );
}
