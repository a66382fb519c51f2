import Box from '@mui/material/Box';
import { useParams } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { AuditLink } from '../show/AuditLink.tsx';
import { BackLink } from '../show/BackLink.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { OperationFacts } from './OperationFacts.tsx';
import { OperationItems } from './OperationItems.tsx';
import { OperationProgress } from './OperationProgress.tsx';
import { useOperation } from './operation-queries.ts';
import { OperationSteering } from './OperationSteering.tsx';
import { useOperationTitle } from './use-operation-title.ts';

/** One operation: who, when, why, how far, and how each message ended. */
export function OperationPage() {
  const text = useText();
  const { id = '' } = useParams();
  const titleOf = useOperationTitle();
  const { data: operation, error, refetch, dataUpdatedAt } = useOperation(id);
  const back = <BackLink to="/operations">{text('operations.title')}</BackLink>;
  if (!operation) {
    return (
      <>
        <PageHeader before={back} title={text('operations.one', { id })} />
        <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines />}</Panel>
      </>
    );
  }
  return (
    <>
      <PageHeader
        before={back}
        title={titleOf(operation)}
        tabTitle={text('operations.one', { id })}
        actions={
          <>
            <AuditLink filter={{ operationId: operation.id }} />
            <OperationSteering operation={operation} />
          </>
        }
      />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { md: 'minmax(0, 3fr) minmax(0, 2fr)' }, mb: 2 }}>
        <Panel sx={{ p: 2 }}>
          <OperationProgress operation={operation} updatedAt={dataUpdatedAt} />
        </Panel>
        <Panel sx={{ p: 2 }}>
          <OperationFacts operation={operation} />
        </Panel>
      </Box>
      {operation.status !== 'preparing' && <OperationItems operation={operation} />}
    </>
  );
}
