import Box from '@mui/material/Box';

import { useText } from '../i18n/use-text.ts';
import { doneCount, useRunningOperations } from '../operations/operation-queries.ts';
import { ProgressBar } from '../operations/ProgressBar.tsx';
import { useOperationTitle } from '../operations/use-operation-title.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Mark } from '../show/Mark.tsx';
import { OPERATION_LOOKS } from '../show/marks.ts';
import { PanelWithRows } from './PanelWithRows.tsx';

/** Operations that are shown; the others are in their list. */
const SHOWN = 5;

/** The operations that have not ended, with how far each is. */
export function RunningPanel() {
  const text = useText();
  const titleOf = useOperationTitle();
  const running = useRunningOperations();
  return (
    <PanelWithRows
      title={text('overview.running')}
      empty={text('overview.noneRuns')}
      more={<AppLink to="/operations">{text('overview.allOperations')}</AppLink>}
    >
      {running.slice(0, SHOWN).map((operation) => (
        <Box
          component="li"
          key={operation.id}
          sx={{ px: 2, py: 1, borderTop: 1, borderColor: 'divider', fontSize: '0.8125rem' }}
        >
          <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, mb: 0.5 }}>
            <Box sx={{ flex: 1, minWidth: 0 }}>
              <AppLink to={`/operations/${operation.id}`}>{titleOf(operation)}</AppLink>{' '}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {operation.actor}
              </Box>
            </Box>
            <Mark look={OPERATION_LOOKS[operation.status]} label={text(`operationStatus.${operation.status}`)} />
            <span>{text('operations.done', { done: doneCount(operation), total: operation.total })}</span>
          </Box>
          <ProgressBar operation={operation} height={5} />
        </Box>
      ))}
    </PanelWithRows>
  );
}
