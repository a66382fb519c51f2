import Download from '@mui/icons-material/FileDownloadOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { OrdersExportRequest, OrderSummary } from '../../../server/contract/schemas/orders.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { shortType } from '../messages/message-parts.tsx';
import { AppLink } from '../show/AppLink.tsx';
import { Panel } from '../show/Panel.tsx';
import { saveFile } from '../show/save-file.ts';
import { STACKING } from '../show/stacking.ts';
import { StatusMark } from '../show/StatusMark.tsx';
import { Time } from '../show/Time.tsx';
import { useSay } from '../show/use-say.ts';
import { orderPath } from './order-path.ts';

/** The orders that were asked for, one a line and in that order, those without a message too. */
export function OrderTable({ orders }: { orders: readonly OrderSummary[] }) {
  const text = useText();
  const found = orders.filter(({ messages }) => messages > 0).length;
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.75, mb: 1 }}>
        <Typography variant="h2" sx={{ flex: '1 1 200px' }} aria-live="polite">
          {text('orders.foundOf', { found, count: orders.length })}
        </Typography>
        <ExportButton content="orders" orders={orders} label={text('orders.exportOrders')} />
        <ExportButton content="timeline" orders={orders} label={text('orders.exportEvents')} />
      </Box>
      <Panel label={text('orders.severalTitle')}>
        <Table size="small" sx={STACKING}>
          <TableHead>
            <TableRow>
              <TableCell>{text('column.orderId')}</TableCell>
              <TableCell align="right">{text('orders.messages')}</TableCell>
              <TableCell>{text('column.status')}</TableCell>
              <TableCell>{text('orders.lastEvent')}</TableCell>
              <TableCell>{text('column.when')}</TableCell>
            </TableRow>
          </TableHead>
          <TableBody>
            {orders.map((order) => (
              <Row key={order.orderId} order={order} />
            ))}
          </TableBody>
        </Table>
      </Panel>
    </>
  );
}

function Row({ order }: { order: OrderSummary }) {
  const text = useText();
  const { orderId, orderIds, messages, isWhole, lastStatus, lastEvent } = order;
  if (lastEvent === null) {
    return (
      <TableRow>
        <TableCell className="wide">{orderId}</TableCell>
        <TableCell colSpan={4} className="wide" sx={{ color: 'text.secondary' }}>
          {text('orders.noMessage')}{' '}
          <AppLink inText to={orderPath(orderId)}>
            {text('orders.lookForSimilar')}
          </AppLink>
        </TableCell>
      </TableRow>
    );
  }
  return (
    <TableRow hover>
      <TableCell className="wide">
        <AppLink to={orderPath(orderId)}>{orderId}</AppLink>
        {(orderIds.length > 1 || orderIds[0] !== orderId) && (
          <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>
            {text('orders.storedAs', { ids: orderIds.join(', ') })}
          </Box>
        )}
      </TableCell>
      <TableCell align="right">
        <AppLink to={`/messages?status=all&orderId=${encodeURIComponent(orderId)}`}>
          {isWhole ? text('orders.summary', { count: messages }) : text('orders.atLeast', { count: messages })}
        </AppLink>
      </TableCell>
      <TableCell>{lastStatus !== null && <StatusMark status={lastStatus} />}</TableCell>
      <TableCell className="wide">
        <AppLink quiet to={`/messages/${lastEvent.messageId}`}>
          {lastEventText(lastEvent, text)}
        </AppLink>
      </TableCell>
      <TableCell>
        <Time at={lastEvent.at} />
      </TableCell>
    </TableRow>
  );
}

function lastEventText(event: NonNullable<OrderSummary['lastEvent']>, text: Text): string {
  if (event.kind === 'settled') return text('timeline.settled');
  if (event.kind === 'died') {
    const died = text('timeline.died', { queue: event.queue });
    return `${died}: ${event.errorType === null ? text(`reason.${event.reason}`) : shortType(event.errorType)}`;
  }
  const outcome = event.outcome === null ? text('timeline.waiting') : text(`outcome.${event.outcome}`);
  return `${text('timeline.operation', { action: text(`action.${event.action}`), actor: event.actor })}: ${outcome}`;
}

interface ExportButtonProps {
  content: OrdersExportRequest['content'];
  orders: readonly OrderSummary[];
  label: string;
}

/** The list is too long for a link, so the file is fetched and handed to the browser when it is whole. */
function ExportButton({ content, orders, label }: ExportButtonProps) {
  const guard = useSessionGuard();
  const say = useSay();
  const [isBusy, setBusy] = useState(false);
  const download = async () => {
    setBusy(true);
    try {
      const file = await guard(office.ordersFile({ content, orderIds: orders.map(({ orderId }) => orderId) }));
      saveFile(file, content === 'orders' ? 'orders.csv' : 'order-events.csv');
    } catch (error) {
      say.failedWith(error, 'orders.notExported');
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button
      variant="outlined"
      color="inherit"
      startIcon={<Download aria-hidden />}
      loading={isBusy}
      onClick={() => void download()}
    >
      {label}
    </Button>
  );
}
