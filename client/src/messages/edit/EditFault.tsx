import Button from '@mui/material/Button';

import { OfficeError } from '../../api/office-error.ts';
import { useText } from '../../i18n/use-text.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';

/** Somebody or something else was faster: what is there now wants to be looked at. */
const OVERTAKEN: readonly OfficeError['code'][] = ['draft.changed', 'draft.outdated'];

interface EditFaultProps {
  error: Error;
  /** Shows what is there now beside one's own edit. */
  onCompare: () => void;
  isComparing: boolean;
}

/** Why a draft was not saved, or that nobody knows; what that means for the edit, and the way on. */
export function EditFault({ error, onCompare, isComparing }: EditFaultProps) {
  const text = useText();
  const isSure = error instanceof OfficeError && !error.outcomeUnknown;
  const code = error instanceof OfficeError ? error.code : undefined;
  const parts = error instanceof OfficeError ? error.params['parts'] : undefined;
  return (
    <FaultNotice
      error={error}
      meaning={
        <>
          {typeof parts === 'string' && <div>{parts}</div>}
          {text(isSure ? 'edit.notSaved' : 'edit.maybeSaved')}{' '}
          {code !== undefined && OVERTAKEN.includes(code) && (
            <Button variant="outlined" color="inherit" disabled={isComparing} onClick={onCompare}>
              {text('edit.compareNow')}
            </Button>
          )}
        </>
      }
    />
  );
}
