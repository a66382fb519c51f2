import { useLocale } from 'ra-core';

import type { Operation } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { shortTime } from '../../show/times.ts';
import { approvalWords } from './approval-words.ts';

/** Why an operation took a second person, and what they said, when, and why. */
export function ApprovalFact({ approval: { because, decision } }: { approval: NonNullable<Operation['approval']> }) {
  const text = useText();
  const locale = useLocale();
  const said =
    decision &&
    text(`approval.${decision.what}`, {
      by: decision.by ?? '',
      at: shortTime(new Date(decision.at), new Date(), locale),
      reason: decision.reason ?? '',
    });
  return (
    <>
      {text('approval.needed', { why: approvalWords(because, text) })}
      {said !== null && <div>{said}</div>}
    </>
  );
}
