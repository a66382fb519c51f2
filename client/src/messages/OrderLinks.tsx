import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';

import { useText } from '../i18n/use-text.ts';
import { orderPath } from '../orders/order-path.ts';
import { AppLink } from '../show/AppLink.tsx';

/** The order IDs of a message: the first as a link, the others as `+2` with their IDs on hover; or all of them. */
export function OrderLinks({ orderIds, all = false }: { orderIds: readonly string[]; all?: boolean }) {
  const text = useText();
  const [first, ...others] = orderIds;
  if (first === undefined) return null;
  if (all) {
    return orderIds.map((orderId) => (
      <AppLink key={orderId} to={orderPath(orderId)}>
        {orderId}
      </AppLink>
    ));
  }
  const rest = text('messages.moreOrdersHint', { count: others.length, ids: others.slice(0, 20).join(', ') });
  return (
    <>
      <AppLink to={orderPath(first)}>{first}</AppLink>
      {others.length > 0 && (
        <Tooltip title={rest}>
          <Box component="span" aria-label={rest} sx={{ ml: 0.75, color: 'text.secondary' }}>
            {text('messages.moreOrders', { count: others.length })}
          </Box>
        </Tooltip>
      )}
    </>
  );
}
