import type { Outcome } from '../../../server/contract/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from './Mark.tsx';
import { OUTCOME_LOOKS } from './marks.ts';

/** How one item of an operation ended. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  const text = useText();
  return (
    <Mark look={OUTCOME_LOOKS[outcome]} label={text(`outcome.${outcome}`)} means={text(`outcomeMeans.${outcome}`)} />
  );
}
