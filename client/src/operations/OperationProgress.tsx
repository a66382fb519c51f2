import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import { OUTCOMES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import { OPERATION_LOOKS } from '../show/marks.ts';
import { formatNumber } from '../show/numbers.ts';
import { OutcomeMark } from '../show/OutcomeMark.tsx';
import { doneCount } from './operation-queries.ts';
import { ProgressBar } from './ProgressBar.tsx';

/** An operation's state, its bar, and how many ended in which way. The numbers sum to its total when it has ended. */
export function OperationProgress({ operation }: { operation: Operation }) {
  const text = useText();
  const locale = useLocale();
  const counted = OUTCOMES.filter((outcome) => operation.outcomes[outcome] > 0);
  return (
    <>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, fontSize: '0.8125rem', mb: 0.75 }}>
        <Mark bold look={OPERATION_LOOKS[operation.status]} label={text(`operationStatus.${operation.status}`)} />
        <span>{text('operations.done', { done: doneCount(operation), total: operation.total })}</span>
      </Box>
      <ProgressBar operation={operation} />
      {counted.length > 0 && (
        <Box
          component="dl"
          sx={{
            display: 'grid',
            gridTemplateColumns: 'auto auto 1fr',
            columnGap: 1.5,
            rowGap: 0.5,
            alignItems: 'baseline',
            m: 0,
            mt: 1.5,
            fontSize: '0.8125rem',
          }}
        >
          {counted.map((outcome) => (
            <Box key={outcome} sx={{ display: 'contents' }}>
              <Box component="dd" sx={{ m: 0, textAlign: 'right', fontWeight: 600 }}>
                {formatNumber(operation.outcomes[outcome], locale)}
              </Box>
              <dt>
                <OutcomeMark outcome={outcome} />
              </dt>
              <Box component="dd" sx={{ m: 0, color: 'text.secondary' }}>
                {outcome !== 'confirmed'
                  ? text(`outcomeMeans.${outcome}`)
                  : operation.action === 'resend' && text('operations.confirmedResend')}
              </Box>
            </Box>
          ))}
        </Box>
      )}
    </>
  );
}
