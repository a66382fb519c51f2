import { useLocale } from 'ra-core';
import { DataTable } from 'react-admin';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { Mono } from '../show/Mono.tsx';
import { formatBytes } from '../show/numbers.ts';
import { StatusMark } from '../show/StatusMark.tsx';
import { Time } from '../show/Time.tsx';
import { DeathCount, ErrorTypeText, MessageLink, PossibleDuplicateSign } from './message-parts.tsx';
import { MessageTableBody, MessageTableHead } from './MessageTableRows.tsx';
import { OrderLinks } from './OrderLinks.tsx';

const HIDDEN_AT_FIRST = [
  'deadQueue',
  'reason',
  'exchange',
  'routingKey',
  'framework',
  'messageId',
  'correlationId',
  'bodySize',
  'capturedAt',
  'id',
];

const Col = DataTable.Col<Message>;

/** One line a message. The columns can be chosen; the choice is kept in the browser. */
export function MessageTable() {
  const text = useText();
  const locale = useLocale();
  return (
    <DataTable<Message>
      hiddenColumns={HIDDEN_AT_FIRST}
      rowClick="show"
      bulkActionButtons={<></>}
      bulkActionsToolbar={<></>}
      head={MessageTableHead}
      body={MessageTableBody}
    >
      <Col source="id" label={text('column.number')} render={({ id }) => id} sortByOrder="DESC" />
      <Col
        source="failedAt"
        label={text('column.when')}
        sortByOrder="DESC"
        render={({ failedAt }) => <Time at={failedAt} show="clock" />}
      />
      <Col disableSort source="queue" label={text('column.queue')} render={({ queue }) => <Name of={queue} />} />
      <Col
        disableSort
        source="errorType"
        label={text('column.errorType')}
        render={(message) => <ErrorTypeText message={message} />}
      />
      <Col
        disableSort
        source="errorMessage"
        label={text('column.errorMessage')}
        className="fills"
        render={(message) => <MessageLink message={message} />}
      />
      <Col
        disableSort
        source="keys.orderId"
        label={text('column.orderId')}
        render={({ keys }) => <OrderLinks orderIds={keys['orderId'] ?? []} />}
      />
      <Col
        disableSort
        source="failureCount"
        label={text('column.failureCount')}
        align="right"
        render={({ failureCount }) => <DeathCount count={failureCount} />}
      />
      <Col
        disableSort
        source="status"
        label={text('column.status')}
        render={(message) => (
          <>
            <StatusMark status={message.status} />
            <PossibleDuplicateSign message={message} />
          </>
        )}
      />
      <Col
        disableSort
        source="reason"
        label={text('column.reason')}
        render={({ reason }) => text(`reason.${reason}`)}
      />
      <Col
        disableSort
        source="deadQueue"
        label={text('column.deadQueue')}
        render={({ deadQueue }) => <Name of={deadQueue} />}
      />
      <Col
        disableSort
        source="exchange"
        label={text('column.exchange')}
        render={({ exchange }) => <Name of={exchange} />}
      />
      <Col
        disableSort
        source="routingKey"
        label={text('column.routingKey')}
        render={({ routingKey }) => <Name of={routingKey} />}
      />
      <Col disableSort source="framework" label={text('column.framework')} render={({ framework }) => framework} />
      <Col
        disableSort
        source="messageId"
        label={text('column.messageId')}
        render={({ messageId }) => messageId && <Mono>{messageId}</Mono>}
      />
      <Col
        disableSort
        source="correlationId"
        label={text('column.correlationId')}
        render={({ correlationId }) => correlationId && <Mono>{correlationId}</Mono>}
      />
      <Col
        disableSort
        source="bodySize"
        label={text('column.bodySize')}
        align="right"
        render={({ bodySize }) => formatBytes(bodySize, locale)}
      />
      <Col
        disableSort
        source="capturedAt"
        label={text('column.capturedAt')}
        render={({ capturedAt }) => <Time at={capturedAt} />}
      />
    </DataTable>
  );
}

function Name({ of: name }: { of: string | null }) {
  if (name === null) return <span aria-hidden>–</span>;
  return (
    <span className="name" title={name}>
      {name}
    </span>
  );
}
