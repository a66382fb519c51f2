import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import { useLocale } from 'ra-core';

import { OUTCOMES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import { OPERATION_LOOKS } from '../show/marks.ts';
import { formatNumber } from '../show/numbers.ts';
import { OutcomeMark } from '../show/OutcomeMark.tsx';
import { roughSpan } from '../show/times.ts';
import { doneCount } from './operation-queries.ts';
import { OperationHold } from './OperationHold.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { useMeasuredRate } from './use-measured-rate.ts';

/** An operation's state, its bar, and how many ended in which way. The numbers sum to its total when it has ended. */
export function OperationProgress({ operation, updatedAt }: { operation: Operation; updatedAt: number }) {
  const text = useText();
  const locale = useLocale();
  const rate = useMeasuredRate(operation, updatedAt);
  const left = Math.max(0, operation.total - doneCount(operation));
  const isPreparing = operation.status === 'preparing';
  const counted = OUTCOMES.filter((outcome) => operation.outcomes[outcome] > 0);
  return (
    <>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 2, fontSize: '0.8125rem', mb: 0.75 }}>
        <Mark bold look={OPERATION_LOOKS[operation.status]} label={text(`operationStatus.${operation.status}`)} />
        {isPreparing ? (
          <span>{text('operations.preparing', { count: operation.total })}</span>
        ) : (
          <span>{text('operations.done', { done: doneCount(operation), total: operation.total })}</span>
        )}
      </Box>
      {isPreparing ? (
        <LinearProgress aria-label={text('operationStatus.preparing')} />
      ) : (
        <ProgressBar operation={operation} />
      )}
      {isPreparing && (
        <Box sx={{ mt: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('operations.preparingText')}</Box>
      )}
      {rate !== undefined && rate > 0 && (
        <Box sx={{ mt: 0.5, fontSize: '0.75rem', color: 'text.secondary' }}>
          {[
            text('operations.measured', { rate: rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate) }),
            text('operations.timeLeft', { span: roughSpan((left / rate) * 1000, locale) }),
          ].join(' · ')}
        </Box>
      )}
      <OperationHold operation={operation} />
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
