import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { useNavigate } from 'react-router-dom';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { Sentence } from '../../show/Sentence.tsx';
import { Time } from '../../show/Time.tsx';
import { useSay } from '../../show/use-say.ts';
import { DiscardDraft } from './DiscardDraft.tsx';
import { editPath } from './edit-paths.ts';
import { useEditBlocked } from './use-edit-blocked.ts';

/** That somebody has begun to edit the message: who, when, and the way on. A resend without it sends the original. */
export function DraftNote({ message }: { message: MessageDetail }) {
  const text = useText();
  const say = useSay();
  const navigate = useNavigate();
  const blocked = useEditBlocked(message);
  const draft = message.edits.find(({ operationId }) => operationId === null);
  if (draft === undefined) return null;
  return (
    <Alert
      severity="info"
      variant="outlined"
      data-testid="draft"
      sx={{ mb: 1.5, flexWrap: 'wrap', '& .MuiAlert-message': { flex: '1 1 240px' } }}
      action={
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
          <GatedButton
            variant="outlined"
            blocked={blocked}
            onClick={() => {
              void navigate(editPath(message.id));
            }}
          >
            {text(draft.outdated ? 'edit.draftStartAnew' : 'edit.draftContinue')}
          </GatedButton>
          <DiscardDraft
            messageId={message.id}
            onDiscarded={() => {
              say.done('edit.discarded');
            }}
          />
        </Box>
      }
    >
      <Sentence
        of={draft.outdated ? 'edit.draftOnOutdated' : 'edit.draftOn'}
        parts={{ name: <strong>{draft.author}</strong>, time: <Time at={draft.savedAt} /> }}
      />
    </Alert>
  );
}
