import SearchOff from '@mui/icons-material/SearchOff';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import type { OrderSearch } from '../../../server/contract/schemas/orders.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { Panel } from '../show/Panel.tsx';
import { QuietState } from '../show/QuietState.tsx';
import { Sentence } from '../show/Sentence.tsx';
import { ScopeNote } from '../session/ScopeNote.tsx';
import { Time } from '../show/Time.tsx';
import { orderPath } from './order-path.ts';

/** Stands where an order would: that none has this ID, the IDs that are like it, and how far was looked for them. */
export function SimilarOrders({ search }: { search: string }) {
  const text = useText();
  const { data, error, refetch } = useOfficeQuery(['orders', 'search', search], (signal) =>
    office.searchOrders(search, signal),
  );
  if (!data) return <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines />}</Panel>;
  if (data.data.length === 0) {
    return (
      <Panel>
        <QuietState
          icon={SearchOff}
          title={text('orders.notFoundTitle')}
          note={<ScopeNote />}
          text={
            <>
              {text('orders.notFoundText')} <LookedThrough of={data.lookedThrough} />
            </>
          }
        />
      </Panel>
    );
  }
  return (
    <>
      <Typography variant="body2" sx={{ mb: 1.5 }}>
        {text('orders.notFoundTitle')}. {text('orders.similar', { count: data.data.length })}{' '}
        <LookedThrough of={data.lookedThrough} />
      </Typography>
      <Panel label={text('orders.similar', { count: data.data.length })}>
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, fontSize: '0.8125rem' }}>
          {data.data.map(({ orderId, match }) => (
            <Box
              key={orderId}
              component="li"
              sx={{
                display: 'flex',
                flexWrap: 'wrap',
                columnGap: 2,
                px: 2,
                py: 1,
                borderBottom: 1,
                borderColor: 'divider',
                '&:last-child': { borderBottom: 0 },
              }}
            >
              <AppLink to={orderPath(orderId)}>{orderId}</AppLink>
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {text(`orderMatch.${match}`)}
              </Box>
            </Box>
          ))}
        </Box>
      </Panel>
    </>
  );
}

function LookedThrough({ of: looked }: { of: OrderSearch['lookedThrough'] }) {
  const text = useText();
  if (looked === null || looked.since === null) return null;
  if (looked.all) return <>{text('orders.lookedAll', { count: looked.entries })}</>;
  return (
    <Sentence
      of="orders.lookedThrough"
      parts={{ n: text('orders.lookedNewest', { count: looked.entries }), time: <Time at={looked.since} /> }}
    />
  );
}
