import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useLocale } from 'ra-core';
import { useParams } from 'react-router-dom';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { BackLink } from '../show/BackLink.tsx';
import { Facts, type Fact } from '../show/Facts.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { Time } from '../show/Time.tsx';
import { span } from '../show/times.ts';
import { OperationItems } from './OperationItems.tsx';
import { OperationProgress } from './OperationProgress.tsx';
import { useOperation } from './operation-queries.ts';
import { OperationSteering } from './OperationSteering.tsx';

/** One operation: who, when, why, how far, and how each message ended. */
export function OperationPage() {
  const text = useText();
  const { id = '' } = useParams();
  const { data: operation, error, refetch } = useOperation(id);
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
        title={text(`dialog.${operation.action}`, { count: operation.total })}
        tabTitle={text('operations.one', { id })}
        actions={<OperationSteering operation={operation} />}
      />
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { md: 'minmax(0, 3fr) minmax(0, 2fr)' }, mb: 2 }}>
        <Panel sx={{ p: 2 }}>
          <OperationProgress operation={operation} />
          {operation.stoppedBecause !== undefined && (
            <Typography variant="body2" sx={{ mt: 1.5 }}>
              {text('operations.stoppedBecause', { why: operation.stoppedBecause })}
            </Typography>
          )}
        </Panel>
        <Panel sx={{ p: 2 }}>
          <OperationFacts operation={operation} />
        </Panel>
      </Box>
      <OperationItems operation={operation} />
    </>
  );
}

/** What has become of what was resent. */
function Aftermath({ operation: { outcomes, cameBack, settled } }: { operation: Operation }) {
  const text = useText();
  // One that was taken for lost can come back too.
  const open = Math.max(0, outcomes.confirmed - cameBack - settled);
  return [
    text('operations.cameBack', { count: cameBack }),
    ...(settled > 0 ? [text('operations.settled', { count: settled })] : []),
    ...(open > 0 ? [text('operations.inQuietPeriod', { count: open })] : []),
  ].join(' · ');
}

function OperationFacts({ operation }: { operation: Operation }) {
  const text = useText();
  const locale = useLocale();
  const { target } = operation;
  const facts: Fact[] = [
    { name: text('column.number'), value: operation.id },
    { name: text('column.who'), value: operation.actor },
    {
      name: text('column.operationReason'),
      value: operation.reason ?? (
        <Box component="span" color="text.secondary">
          {text('operations.noReason')}
        </Box>
      ),
    },
    { name: text('operations.created'), value: <Time at={operation.createdAt} show="clock" /> },
  ];
  if (target) {
    facts.push({
      name: text('dialog.target'),
      value:
        target.kind === 'custom'
          ? text('operations.targetCustom', {
              exchange: target.exchange === '' ? text('way.defaultExchange') : target.exchange,
              routingKey: target.routingKey,
            })
          : text(target.kind === 'queue' ? 'operations.targetQueue' : 'operations.targetOriginal'),
    });
  }
  for (const option of ['restoreCc', 'restoreExpiration', 'sendInexact'] as const) {
    if (operation[option] === true) facts.push({ name: '', value: text(`operations.${option}`) });
  }
  if (operation.finishedAt !== null) {
    const took = Date.parse(operation.finishedAt) - Date.parse(operation.startedAt ?? operation.createdAt);
    facts.push({
      name: text('operations.finished'),
      value: (
        <>
          <Time at={operation.finishedAt} /> · {text('operations.took', { span: span(Math.max(0, took), locale) })}
        </>
      ),
    });
  }
  if (operation.ratePerSecond !== null) {
    facts.push({ name: '', value: text('operations.perSecond', { count: operation.ratePerSecond }) });
  }
  if (operation.action === 'resend' && operation.outcomes.confirmed > 0) {
    facts.push({ name: text('operations.afterwards'), value: <Aftermath operation={operation} /> });
  }
  return <Facts facts={facts} />;
}
