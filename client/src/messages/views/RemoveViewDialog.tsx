import { useState } from 'react';

import type { SavedView } from '../../../../server/contract/schemas/saved-views.ts';
import { office } from '../../api/office.ts';
import { useText } from '../../i18n/use-text.ts';
import { ConfirmDialog } from '../../show/ConfirmDialog.tsx';
import { ActFault } from '../../show/ActFault.tsx';
import { useSay } from '../../show/use-say.ts';
import type { SavedViews } from './use-saved-views.ts';

interface RemoveViewDialogProps {
  view: SavedView;
  act: SavedViews['act'];
  onClose: () => void;
}

/** Asks before a view goes: a shared one goes for everybody. */
export function RemoveViewDialog({ view, act, onClose }: RemoveViewDialogProps) {
  const text = useText();
  const say = useSay();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const remove = async () => {
    setBusy(true);
    try {
      await act(office.removeView(view.id));
      say.done('views.removed', { name: view.name });
      onClose();
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <ConfirmDialog
      title={text('views.removeTitle', { name: view.name })}
      text={text(view.isShared ? 'views.removeSharedText' : 'views.removeText')}
      confirm={text('common.remove')}
      cancel={text('common.cancel')}
      isBusy={isBusy}
      onConfirm={() => void remove()}
      onClose={onClose}
    >
      {error !== undefined && <ActFault error={error} />}
    </ConfirmDialog>
  );
}
