import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { OUTCOMES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import { OUTCOME_LOOKS } from '../show/marks.ts';
import { formatNumber } from '../show/numbers.ts';

/** The outcomes of an operation on one line. */
export function OutcomeCounts({ operation }: { operation: Operation }) {
  const text = useText();
  const locale = useLocale();
  const counted = OUTCOMES.filter((outcome) => operation.outcomes[outcome] > 0);
  if (counted.length === 0) return null;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, fontSize: '0.75rem', mt: 0.25 }}>
      {counted.map((outcome) => (
        <Mark
          key={outcome}
          look={OUTCOME_LOOKS[outcome]}
          label={`${formatNumber(operation.outcomes[outcome], locale)} ${text(`outcome.${outcome}`)}`}
        />
      ))}
    </Box>
  );
}
