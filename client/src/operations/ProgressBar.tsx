import Box from '@mui/material/Box';

import { OUTCOMES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { OUTCOME_LOOKS } from '../show/marks.ts';
import { doneCount } from './operation-queries.ts';

/** How far an operation is, one segment an outcome. The numbers stand beside it: the bar alone carries nothing. */
export function ProgressBar({ operation, height = 8 }: { operation: Operation; height?: number }) {
  const text = useText();
  const total = Math.max(1, operation.total);
  const done = doneCount(operation);
  return (
    <Box
      role="progressbar"
      aria-label={text('operations.one', { id: operation.id })}
      aria-valuemin={0}
      aria-valuemax={operation.total}
      aria-valuenow={done}
      aria-valuetext={text('operations.done', { done, total: operation.total })}
      sx={{ display: 'flex', gap: '1px', height, borderRadius: height / 2, overflow: 'hidden', bgcolor: 'divider' }}
    >
      {OUTCOMES.filter((outcome) => operation.outcomes[outcome] > 0).map((outcome) => (
        <Box
          key={outcome}
          sx={{
            width: `${(operation.outcomes[outcome] / total) * 100}%`,
            minWidth: 3,
            bgcolor: (theme) => theme.palette.state[OUTCOME_LOOKS[outcome].colour],
            transition: 'width 300ms linear',
          }}
        />
      ))}
    </Box>
  );
}
