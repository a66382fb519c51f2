import { OfficeError } from '../api/office-error.ts';
import type { TextKey } from '../i18n/texts.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from './FaultNotice.tsx';

/** What became of an act whose call failed: refused, nothing is changed; without a proper answer nobody knows. */
export function meaningOf(error: unknown): TextKey {
  return error instanceof OfficeError && !error.outcomeUnknown ? 'fault.notDone' : 'fault.maybeDone';
}

/** Why an act failed, and what that means for it: beside the button that was pressed. */
export function ActFault({ error }: { error: unknown }) {
  const text = useText();
  return <FaultNotice error={error} meaning={text(meaningOf(error))} />;
}
