import Button from '@mui/material/Button';

import { INEXACT_REASONS, type InexactPart } from '../../../../server/contract/inexact.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useText } from '../../i18n/use-text.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { inexactText } from '../../show/inexact-text.ts';

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
  const parts = error instanceof OfficeError ? partsOf(error.params['parts']) : [];
  return (
    <FaultNotice
      error={error}
      meaning={
        <>
          {parts.length > 0 && <div>{inexactText(parts, text)}</div>}
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

/** The parts that the office names, as far as they are what the contract says. */
function partsOf(parts: unknown): InexactPart[] {
  if (!Array.isArray(parts)) return [];
  return parts.flatMap((part: unknown) => {
    if (typeof part !== 'object' || part === null) return [];
    const { in: place, name, why } = part as Record<string, unknown>;
    const where = (['headers', 'properties', 'body'] as const).find((one) => one === place);
    const reason = INEXACT_REASONS.find((one) => one === why);
    return where !== undefined && reason !== undefined && typeof name === 'string'
      ? [{ in: where, name, why: reason }]
      : [];
  });
}
