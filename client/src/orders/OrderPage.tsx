import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useParams } from 'react-router-dom';

import type { Order } from '../../../server/contract/schemas/orders.ts';
import { office } from '../api/office.ts';
import { OfficeError } from '../api/office-error.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { usePolling } from '../live/live-context.ts';
import { AuditLink } from '../show/AuditLink.tsx';
import { BackLink } from '../show/BackLink.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { Timeline } from '../timeline/Timeline.tsx';
import { OrderActions } from './OrderActions.tsx';
import { OrderMessages } from './OrderMessages.tsx';
import { OrderNotes } from './OrderNotes.tsx';
import { OrderPrint } from './OrderPrint.tsx';
import { SimilarOrders } from './SimilarOrders.tsx';

/** One order: its failed messages, and what happened across them. */
export function OrderPage() {
  const text = useText();
  const { id: orderId = '' } = useParams();
  const {
    data: order,
    error,
    refetch,
  } = useOfficeQuery(['orders', orderId], (signal) => office.order(orderId, signal), {
    refetchInterval: usePolling(10_000),
  });
  const missing = error instanceof OfficeError && error.code === 'order.notFound';
  const header = (
    <PageHeader
      before={<BackLink to="/orders">{text('orders.title')}</BackLink>}
      title={orderId}
      actions={
        order &&
        !missing && (
          <>
            <AuditLink filter={{ orderId }} />
            <OrderActions orderId={orderId} />
          </>
        )
      }
    />
  );
  if (missing) {
    return (
      <>
        {header}
        <SimilarOrders search={orderId} />
      </>
    );
  }
  if (!order) {
    return (
      <>
        {header}
        <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines />}</Panel>
      </>
    );
  }
  return (
    <>
      <div className="screen-only">
        {header}
        <Typography variant="body2" color="text.secondary" sx={{ mt: -0.5, mb: 2 }}>
          {summary(order, text)}
        </Typography>
        <OrderNotes order={order} />
        <Box
          sx={{
            display: 'grid',
            gap: 2,
            alignItems: 'start',
            gridTemplateColumns: { lg: 'minmax(0, 1fr) minmax(0, 1fr)' },
          }}
        >
          <div>
            <Typography variant="h2" sx={{ mb: 1 }}>
              {text('orders.messages')}
            </Typography>
            <Panel>
              <OrderMessages messages={order.messages} withOrder={order.orderIds.length > 1} />
            </Panel>
          </div>
          <div>
            <Typography variant="h2" sx={{ mb: 1 }}>
              {text('orders.timeline')}
            </Typography>
            <Panel sx={{ p: 2 }}>
              <Timeline withMessage entries={order.timeline} />
            </Panel>
          </div>
        </Box>
      </div>
      <OrderPrint order={order} />
    </>
  );
}

/** How many messages in how many queues, and the last thing that happened. */
function summary(order: Order, text: Text): string {
  const queues = new Set(order.messages.map(({ queue, deadQueue }) => queue ?? deadQueue)).size;
  const last = order.timeline.filter(({ kind }) => kind !== 'audit').at(-1);
  const parts = [text('orders.summary', { count: order.messagesTotal }), text('orders.inQueues', { count: queues })];
  if (last?.kind === 'died') {
    const queue = last.death.queue ?? last.death.deadQueue;
    const what = queue === null ? text('timeline.diedElsewhere') : text('timeline.died', { queue });
    parts.push(text('orders.last', { what }));
  } else if (last?.kind === 'operation') {
    const outcome = last.outcome === null ? text('timeline.waiting') : text(`outcome.${last.outcome}`);
    parts.push(text('orders.last', { what: `${text(`action.${last.action}`)} (${outcome})` }));
  } else if (last?.kind === 'settled') {
    parts.push(text('orders.last', { what: text('timeline.settled') }));
  }
  return parts.join(' · ');
}
