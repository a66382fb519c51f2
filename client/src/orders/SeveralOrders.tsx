import PlaylistAddCheck from '@mui/icons-material/PlaylistAddCheck';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useLocation, useNavigate } from 'react-router-dom';

import { MAX_ORDERS } from '../../../server/contract/orders.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultState } from '../show/FaultState.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Lines } from '../show/Lines.tsx';
import { Panel } from '../show/Panel.tsx';
import { parseOrderList } from './order-list.ts';
import { OrderTable } from './OrderTable.tsx';

/** Many orders at once, out of a pasted list. The list stays with the history entry: it is there again on the way back. */
export function SeveralOrders() {
  const text = useText();
  const navigate = useNavigate();
  const asked = readOrderIds(useLocation().state);
  const [pasted, setPasted] = useState(() => asked.join('\n'));
  const { orderIds, repeated, tooLong } = parseOrderList(pasted);
  const tooMany = orderIds.length > MAX_ORDERS;
  const { data, error, refetch } = useOfficeQuery(
    ['orders', 'look-up', asked],
    (signal) => office.lookUpOrders(asked, signal),
    { enabled: asked.length > 0 },
  );
  const shown = asked.length > 0;
  return (
    <>
      <Panel sx={{ p: { xs: 2, sm: 3 } }}>
        <Typography variant="h2" sx={{ mb: 0.5 }}>
          {text('orders.severalTitle')}
        </Typography>
        <Typography variant="body2" color="text.secondary" sx={{ mb: 2 }}>
          {text('orders.severalIntro', { most: MAX_ORDERS })}
        </Typography>
        <Box
          component="form"
          onSubmit={(event) => {
            event.preventDefault();
            if (orderIds.length > 0 && !tooMany) void navigate('/orders', { state: { orderIds }, replace: shown });
          }}
        >
          <TextField
            fullWidth
            multiline
            minRows={shown ? 2 : 4}
            maxRows={10}
            size="small"
            label={text('orders.severalLabel')}
            value={pasted}
            error={tooMany}
            onChange={(event) => {
              setPasted(event.target.value);
            }}
            slotProps={{ htmlInput: { spellCheck: false, autoComplete: 'off' } }}
            sx={{ maxWidth: 560 }}
          />
          {tooMany && (
            <Alert severity="error" variant="outlined" sx={{ mt: 1.5, maxWidth: 560 }}>
              {text('orders.tooMany', { count: orderIds.length, most: MAX_ORDERS })}
            </Alert>
          )}
          {tooLong.length > 0 && (
            <Alert severity="warning" variant="outlined" sx={{ mt: 1.5, maxWidth: 560, overflowWrap: 'anywhere' }}>
              {text('orders.tooLong', { count: tooLong.length, first: `${tooLong[0]?.slice(0, 40) ?? ''}…` })}
            </Alert>
          )}
          <Box sx={{ display: 'flex', alignItems: 'center', gap: 1.5, mt: 1.5 }}>
            <GatedButton
              blocked={
                orderIds.length === 0
                  ? text('missing.orders')
                  : tooMany
                    ? text('orders.tooMany', { count: orderIds.length, most: MAX_ORDERS })
                    : undefined
              }
              type="submit"
              variant={shown ? 'outlined' : 'contained'}
              startIcon={<PlaylistAddCheck aria-hidden />}
            >
              {orderIds.length === 0 ? text('orders.lookUp') : text('orders.lookUpCount', { count: orderIds.length })}
            </GatedButton>
            {repeated > 0 && (
              <Typography variant="body2" color="text.secondary">
                {text('orders.repeated', { count: repeated })}
              </Typography>
            )}
          </Box>
        </Box>
      </Panel>
      {shown && (
        <Box sx={{ mt: 2 }}>
          {data ? (
            <OrderTable orders={data} />
          ) : (
            <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines />}</Panel>
          )}
        </Box>
      )}
    </>
  );
}

/** The list of the current history entry. */
function readOrderIds(state: unknown): string[] {
  if (typeof state !== 'object' || state === null || !('orderIds' in state) || !Array.isArray(state.orderIds))
    return [];
  return state.orderIds.filter((one) => typeof one === 'string').slice(0, MAX_ORDERS);
}
