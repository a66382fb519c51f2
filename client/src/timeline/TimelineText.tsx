import Box from '@mui/material/Box';

import type { TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { sentEditPath } from '../messages/edit/edit-paths.ts';
import { shortType } from '../messages/message-parts.tsx';
import { AppLink } from '../show/AppLink.tsx';
import { Mono } from '../show/Mono.tsx';
import { auditText, itemErrorText } from './event-words.ts';
import { OperationRef } from './OperationRef.tsx';

interface TimelineTextProps {
  entry: TimelineEntry;
  again: boolean;
  withMessage: boolean;
}

/** One entry of a history as a sentence with its details under it. */
export function TimelineText({ entry, again, withMessage }: TimelineTextProps) {
  const text = useText();
  const message = withMessage && (
    <>
      {' · '}
      <AppLink inText to={`/messages/${entry.messageId}`}>
        {text('timeline.message', { id: entry.messageId })}
      </AppLink>
    </>
  );
  if (entry.kind === 'died') {
    const { death } = entry;
    if (death.deadQueue === null) {
      return (
        <>
          <strong>{text('timeline.diedElsewhere')}</strong>
          {message}
        </>
      );
    }
    const where = death.queue ?? death.deadQueue;
    return (
      <>
        <strong>{text(again ? 'timeline.diedAgain' : 'timeline.died', { queue: where })}</strong>
        {message}
        <Detail>
          {text(`reason.${death.reason}`)}
          {death.errorType !== null && ` · ${shortType(death.errorType)}`}
          {death.errorMessage !== null && ` · ${text('timeline.quote', { text: death.errorMessage })}`}
          {death.operationId !== null && (
            <>
              {' · '}
              <AppLink to={`/operations/${death.operationId}`}>
                {text('timeline.cameBack', { id: death.operationId })}
              </AppLink>
            </>
          )}
        </Detail>
      </>
    );
  }
  if (entry.kind === 'audit') {
    return (
      <>
        <strong>{text('timeline.audit', { event: auditText(entry.event, text), actor: entry.actor })}</strong>
        {message}
      </>
    );
  }
  if (entry.kind === 'settled') {
    return (
      <>
        <strong>{text('timeline.settled')}</strong>
        {' · '}
        <OperationRef inText id={entry.operationId} />
        {message}
      </>
    );
  }
  return (
    <>
      <strong>
        {text(entry.editId === null ? 'timeline.operation' : 'timeline.operationEdited', {
          action: text(`action.${entry.action}`),
          actor: entry.actor,
        })}
      </strong>
      {' · '}
      {entry.outcome === null ? text('timeline.waiting') : text(`outcome.${entry.outcome}`)}
      {' · '}
      <OperationRef inText id={entry.operationId} />
      {entry.editId !== null && (
        <>
          {' · '}
          <AppLink inText to={sentEditPath(entry.messageId, entry.editId)}>
            {text('edit.what')}
          </AppLink>
        </>
      )}
      {message}
      <Detail>
        {entry.exchange !== null && (
          <Mono wrap>
            {entry.exchange === '' ? text('way.defaultExchange') : entry.exchange} / {entry.routingKey}
          </Mono>
        )}
        {entry.reason !== null && <> {text('timeline.quote', { text: entry.reason })}</>}
        {entry.error !== null && <> {itemErrorText(entry.error, text)}</>}
      </Detail>
    </>
  );
}

function Detail({ children }: { children: React.ReactNode }) {
  return <Box sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>{children}</Box>;
}
