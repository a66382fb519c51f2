import Search from '@mui/icons-material/Search';
import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { orderPath } from './order-path.ts';
import { SeveralOrders } from './SeveralOrders.tsx';

/** Where one asks for an order, or for many. */
export function OrderSearchPage() {
  const text = useText();
  const navigate = useNavigate();
  const [orderId, setOrderId] = useState('');
  return (
    <>
      <PageHeader title={text('orders.title')} />
      <Panel sx={{ p: { xs: 2, sm: 3 }, mb: 2 }}>
        <Typography variant="h2" sx={{ mb: 0.5 }}>
          {text('orders.oneTitle')}
        </Typography>
        <Typography variant="body2" color="text.secondary" sx={{ mb: 2 }}>
          {text('orders.intro')}
        </Typography>
        <Box
          component="form"
          sx={{ display: 'flex', gap: 1, maxWidth: 560 }}
          onSubmit={(event) => {
            event.preventDefault();
            if (orderId.trim() !== '') void navigate(orderPath(orderId.trim()));
          }}
        >
          <TextField
            fullWidth
            autoFocus
            size="small"
            label={text('orders.search')}
            placeholder="ORD-20261122-000123"
            value={orderId}
            onChange={(event) => {
              setOrderId(event.target.value);
            }}
            slotProps={{ htmlInput: { maxLength: 191, autoComplete: 'off', spellCheck: false } }}
          />
          <GatedButton
            blocked={orderId.trim() === '' ? text('missing.orderId') : undefined}
            type="submit"
            variant="contained"
            startIcon={<Search aria-hidden />}
          >
            {text('orders.searchButton')}
          </GatedButton>
        </Box>
      </Panel>
      <SeveralOrders />
    </>
  );
}
