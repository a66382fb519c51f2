import Download from '@mui/icons-material/FileDownloadOutlined';
import FormatListBulleted from '@mui/icons-material/FormatListBulleted';
import Print from '@mui/icons-material/PrintOutlined';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Link } from 'react-router-dom';

import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';

/** What can be taken along from an order: on paper, as a table, as a list of messages to act on. */
export function OrderActions({ orderId }: { orderId: string }) {
  const text = useText();
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
      <Button
        variant="outlined"
        color="inherit"
        startIcon={<Print aria-hidden />}
        onClick={() => {
          window.print();
        }}
      >
        {text('orders.print')}
      </Button>
      <Button
        component="a"
        href={office.orderExportPath(orderId)}
        download
        variant="outlined"
        color="inherit"
        startIcon={<Download aria-hidden />}
      >
        {text('orders.exportCsv')}
      </Button>
      <Button
        component={Link}
        variant="outlined"
        color="inherit"
        startIcon={<FormatListBulleted aria-hidden />}
        to={`/messages?status=all&orderId=${encodeURIComponent(orderId)}`}
      >
        {text('orders.showAsList')}
      </Button>
    </Box>
  );
}
