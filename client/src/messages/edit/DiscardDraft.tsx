import { useState } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { ConfirmDialog } from '../../show/ConfirmDialog.tsx';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { GatedButton } from '../../show/GatedButton.tsx';
import { useDiscardDraft } from './use-discard-draft.ts';
import { useBlocked } from '../../session/use-user.ts';

interface DiscardDraftProps {
  messageId: string;
  onDiscarded: () => void;
}

/** Throws a draft away, after a question. The message itself stays as it is. */
export function DiscardDraft({ messageId, onDiscarded }: DiscardDraftProps) {
  const text = useText();
  const blocked = useBlocked('messages.edit');
  const [isAsking, setAsking] = useState(false);
  const { mutate, isPending, error } = useDiscardDraft(messageId, () => {
    setAsking(false);
    onDiscarded();
  });
  return (
    <>
      <GatedButton
        color="inherit"
        blocked={blocked}
        onClick={() => {
          setAsking(true);
        }}
      >
        {text('edit.discard')}
      </GatedButton>
      {isAsking && (
        <ConfirmDialog
          title={text('edit.discardTitle')}
          text={text('edit.discardText')}
          confirm={text('edit.discard')}
          cancel={text('common.cancel')}
          isBusy={isPending}
          onConfirm={() => {
            mutate();
          }}
          onClose={() => {
            setAsking(false);
          }}
        >
          {error !== null && <FaultNotice error={error} />}
        </ConfirmDialog>
      )}
    </>
  );
}
