import Box from '@mui/material/Box';

import type { EditWithContents } from '../../../../server/contract/schemas/drafts.ts';
import { useText } from '../../i18n/use-text.ts';
import { Sentence } from '../../show/Sentence.tsx';
import { Time } from '../../show/Time.tsx';

/** Whose draft it is, and whether all of it is saved. */
export function DraftInfo({ draft, isDirty }: { draft: EditWithContents | null; isDirty: boolean }) {
  const text = useText();
  return (
    <Box role="status" sx={{ fontSize: '0.8125rem', color: 'text.secondary', mb: 1 }}>
      {draft === null || draft.outdated ? (
        text('edit.fromOriginal')
      ) : (
        <Sentence
          of="edit.draftBy"
          parts={{ name: <strong>{draft.author}</strong>, time: <Time at={draft.savedAt} /> }}
        />
      )}
      {isDirty && ` · ${text('edit.unsaved')}`}
    </Box>
  );
}
