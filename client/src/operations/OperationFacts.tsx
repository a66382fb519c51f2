import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { Facts, type Fact } from '../show/Facts.tsx';
import { Time } from '../show/Time.tsx';
import { span } from '../show/times.ts';
import { ApprovalFact } from './approval/ApprovalFact.tsx';
import { FilterChips } from './FilterChips.tsx';
import { isEnded, openCount } from './operation-queries.ts';

/** Who asked for an operation, when and why, on what, and how it is done. */
export function OperationFacts({ operation }: { operation: Operation }) {
  const text = useText();
  const locale = useLocale();
  const { action, target, filter, startAt } = operation;
  const options = useOptions(operation);
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
  if (filter !== null && Object.keys(filter).length > 0) {
    facts.push({ name: text('operations.filter'), value: <FilterChips filter={filter} /> });
  }
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
  if (options.length > 0) facts.push({ name: text('operations.options'), value: options.join(' · ') });
  if (action === 'resend' && (operation.ratePerSecond !== null || !isEnded(operation))) {
    facts.push({
      name: text('operations.ratePace'),
      value:
        operation.ratePerSecond === null
          ? text('operations.rateNone')
          : text('operations.perSecond', { count: operation.ratePerSecond }),
    });
  }
  if (startAt !== null) facts.push({ name: text('operations.startAt'), value: <Time at={startAt} /> });
  if (operation.approval) {
    facts.push({ name: text('approval.fact'), value: <ApprovalFact approval={operation.approval} /> });
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
  if (action === 'resend' && operation.outcomes.confirmed > 0) {
    facts.push({ name: text('operations.afterwards'), value: <Aftermath operation={operation} /> });
  }
  return <Facts facts={facts} />;
}

/** The choices that were made for it, in the order of the dialog. */
function useOptions({ limit, canary, stopWhenCameBack, ...operation }: Operation): string[] {
  const text = useText();
  const locale = useLocale();
  const options: string[] = [];
  if (limit !== undefined) options.push(text('operations.limit', { count: limit }));
  if (canary) {
    options.push(
      text(canary.then === 'ask' ? 'operations.canaryAsk' : 'operations.canaryContinue', {
        first: canary.first,
        span: span(canary.waitSeconds * 1000, locale),
      }),
    );
  }
  if (stopWhenCameBack !== undefined) options.push(text('operations.stopWhenCameBack', { count: stopWhenCameBack }));
  for (const option of ['restoreCc', 'restoreExpiration', 'sendInexact', 'edited'] as const) {
    if (operation[option] === true) options.push(text(`operations.${option}`));
  }
  return options;
}

/** What has become of what was resent. */
function Aftermath({ operation }: { operation: Operation }) {
  const text = useText();
  const { cameBack, settled } = operation;
  const open = openCount(operation);
  return [
    cameBack === 0 ? text('operations.noneCameBack') : text('operations.cameBack', { count: cameBack }),
    ...(settled > 0 ? [text('operations.settled', { count: settled })] : []),
    ...(open > 0 ? [text('operations.inQuietPeriod', { count: open })] : []),
  ].join(' · ');
}
