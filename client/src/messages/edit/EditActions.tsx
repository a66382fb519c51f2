import Box from '@mui/material/Box';

import { useText } from '../../i18n/use-text.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { DiscardDraft } from './DiscardDraft.tsx';

interface EditActionsProps {
  messageId: string;
  hasDraft: boolean;
  isDirty: boolean;
  isSaving: boolean;
  /** Why it cannot be saved or sent as it stands. */
  blocked: string | undefined;
  onSave: () => void;
  onReview: () => void;
  onDiscarded: () => void;
}

/** What can be done with an edit. Nothing here sends anything yet. */
export function EditActions(props: EditActionsProps) {
  const { messageId, hasDraft, isDirty, isSaving, blocked, onSave, onReview, onDiscarded } = props;
  const text = useText();
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
      {hasDraft && <DiscardDraft messageId={messageId} onDiscarded={onDiscarded} />}
      <GatedButton
        variant="outlined"
        color="inherit"
        loading={isSaving}
        blocked={blocked ?? (isDirty || !hasDraft ? undefined : text('edit.blocked.saved'))}
        hint={text('edit.saveHint')}
        onClick={onSave}
      >
        {text('edit.save')}
      </GatedButton>
      <GatedButton
        variant="contained"
        loading={isSaving}
        blocked={blocked}
        hint={text('edit.reviewHint')}
        onClick={onReview}
      >
        {text('edit.review')}
      </GatedButton>
    </Box>
  );
}
