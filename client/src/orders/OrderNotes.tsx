import Alert from '@mui/material/Alert';
import { Fragment } from 'react';

import type { Order } from '../../../server/contract/schemas/orders.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Sentence } from '../show/Sentence.tsx';
import { orderPath } from './order-path.ts';

/** What a reader of this order must know: under which ID it was found, that it may be several, that it is not all. */
export function OrderNotes({ order }: { order: Order }) {
  const text = useText();
  const { orderId, orderIds, messages, messagesTotal, isWhole } = order;
  const isAnother = orderIds.length === 1 && orderIds[0] !== orderId;
  if (!isAnother && orderIds.length < 2 && isWhole) return null;
  const links = orderIds.map((id, index) => (
    <Fragment key={id}>
      {index > 0 && ', '}
      {id === orderId ? <strong>{id}</strong> : <AppLink to={orderPath(id)}>{id}</AppLink>}
    </Fragment>
  ));
  return (
    <>
      {isAnother && (
        <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
          <Sentence of="orders.foundAs" parts={{ id: links }} />
        </Alert>
      )}
      {orderIds.length > 1 && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          <Sentence of="orders.severalIds" parts={{ ids: links }} />
        </Alert>
      )}
      {!isWhole && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          {messagesTotal > messages.length
            ? text('orders.shown', { shown: messages.length, total: messagesTotal })
            : text('orders.eventsCut')}
        </Alert>
      )}
    </>
  );
}
