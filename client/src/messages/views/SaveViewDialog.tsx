import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { SavedView } from '../../../../server/contract/schemas/saved-views.ts';
import { office } from '../../api/office.ts';
import { useText } from '../../i18n/use-text.ts';
import { useMay } from '../../session/use-user.ts';
import { FormDialog } from '../../show/FormDialog.tsx';
import { useSay } from '../../show/use-say.ts';
import type { SavedViews } from './use-saved-views.ts';

interface SaveViewDialogProps {
  /** The view to rename or share; without one what is shown is saved as a new one. */
  view: SavedView | undefined;
  address: string;
  act: SavedViews['act'];
  onClose: (savedId?: string) => void;
}

/** Asks for the name of a view, and who sees it. */
export function SaveViewDialog({ view, address, act, onClose }: SaveViewDialogProps) {
  const text = useText();
  const say = useSay();
  const mayShare = useMay('views.share');
  const [name, setName] = useState(view?.name ?? '');
  const [isShared, setShared] = useState(view?.isShared ?? false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const save = async () => {
    setBusy(true);
    try {
      const saved = await act(
        view
          ? office.changeView(view.id, { name: name.trim(), isShared, version: view.version })
          : office.saveView({ name: name.trim(), address, isShared }),
      );
      say.done('views.saved', { name: saved.name });
      onClose(saved.id);
    } catch (failed) {
      setError(failed);
      setBusy(false);
    }
  };
  return (
    <FormDialog
      title={view ? text('views.editTitle', { name: view.name }) : text('views.saveTitle')}
      submit={text('common.save')}
      isBusy={isBusy}
      isEdited={name !== (view?.name ?? '') || isShared !== (view?.isShared ?? false)}
      blocked={name.trim() === '' ? text('missing.name') : undefined}
      error={error}
      onSubmit={() => void save()}
      onClose={() => {
        onClose();
      }}
    >
      <Typography variant="body2" color="text.secondary" sx={{ mb: 2 }}>
        {text('views.saveText')}
      </Typography>
      <TextField
        fullWidth
        autoFocus
        size="small"
        label={text('views.name')}
        value={name}
        onChange={(event) => {
          setName(event.target.value);
        }}
        slotProps={{ htmlInput: { maxLength: 80, autoComplete: 'off' } }}
      />
      <FormControlLabel
        disabled={!mayShare}
        control={
          <Checkbox
            checked={isShared}
            onChange={(_event, on) => {
              setShared(on);
            }}
          />
        }
        label={text('views.share')}
        slotProps={{ typography: { variant: 'body2' } }}
        sx={{ mt: 1 }}
      />
      <Typography variant="caption" color="text.secondary" component="p" sx={{ ml: 4 }}>
        {text(mayShare ? 'views.shareHint' : 'views.shareDenied')}
      </Typography>
    </FormDialog>
  );
}
