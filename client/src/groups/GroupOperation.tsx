import Box from '@mui/material/Box';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { doneCount } from '../operations/operation-queries.ts';
import { ProgressBar } from '../operations/ProgressBar.tsx';
import { useHoldText } from '../operations/use-hold-text.ts';
import { useOperationTitle } from '../operations/use-operation-title.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Mark } from '../show/Mark.tsx';
import { OPERATION_LOOKS } from '../show/marks.ts';

/** An operation on the messages of a group, as it runs: in the group's own row. */
export function GroupOperation({ operation }: { operation: Operation }) {
  const text = useText();
  const titleOf = useOperationTitle();
  const held = useHoldText()(operation);
  return (
    <Box
      data-testid="group-operation"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: 1.5,
        rowGap: 0.25,
        fontSize: '0.75rem',
      }}
    >
      <Mark look={OPERATION_LOOKS[operation.status]} label={text(`operationStatus.${operation.status}`)} />
      <AppLink to={`/operations/${operation.id}`}>{titleOf(operation)}</AppLink>
      {operation.status !== 'preparing' && (
        <>
          <Box sx={{ flex: '1 1 160px', maxWidth: 420 }}>
            <ProgressBar operation={operation} height={6} />
          </Box>
          <span>{text('operations.done', { done: doneCount(operation), total: operation.total })}</span>
        </>
      )}
      {operation.cameBack > 0 && <span>{text('operations.cameBack', { count: operation.cameBack })}</span>}
      <Box component="span" sx={{ color: 'text.secondary', flexBasis: held ? '100%' : undefined }}>
        {held}
      </Box>
    </Box>
  );
}
