import ArrowForward from '@mui/icons-material/ArrowForward';
import Warning from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';

import type { OperationPreview, PreviewTarget } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { Mono } from '../../show/Mono.tsx';
import type { Destination } from '../action-rules.ts';
import { DestinationRoute, RestAlsoReaches, UntoldRoutes } from './DestinationRoute.tsx';

const SHOWN = 6;

interface DestinationListProps {
  destinations: readonly Destination[];
  preview: OperationPreview | undefined;
}

/**
 * Where the messages go, grouped: how many to which exchange with which routing key, whether it exists, and which queues
 * would get a copy there.
 */
export function DestinationList({ destinations: all, preview }: DestinationListProps) {
  const text = useText();
  if (all.length === 0) return null;
  const shown = all.slice(0, SHOWN);
  const routesOf = (some: readonly Destination[]) => some.flatMap((one) => previewed(preview, one) ?? []);
  const list = (
    <Box
      component="ul"
      aria-label={text('dialog.destinations')}
      sx={{
        listStyle: 'none',
        m: 0,
        mt: 1.5,
        px: 1.5,
        py: 1,
        borderRadius: 1,
        bgcolor: 'sunken',
        fontSize: '0.8125rem',
      }}
    >
      {shown.map(({ exchange, routingKey, count }) => (
        <Box
          key={JSON.stringify([exchange, routingKey])}
          component="li"
          sx={{ display: 'flex', alignItems: 'flex-start', gap: 1, py: 0.25 }}
        >
          <Box component="span" sx={{ minWidth: 52, textAlign: 'right', fontWeight: 600, whiteSpace: 'nowrap' }}>
            {text('dialog.goTo', { count })}
          </Box>
          <ArrowForward aria-hidden sx={{ fontSize: '0.85rem', mt: '3px', color: 'text.secondary' }} />
          <div>
            <Mono wrap>{exchange === '' ? text('way.defaultExchange') : exchange}</Mono>
            <Box component="span" sx={{ color: 'text.secondary', mx: 0.75 }}>
              /
            </Box>
            <Mono wrap>{routingKey === '' ? '""' : routingKey}</Mono>
            <Existence
              exists={previewed(preview, { exchange, routingKey })?.exists ?? null}
              toQueue={exchange === ''}
            />
            <DestinationRoute target={previewed(preview, { exchange, routingKey })} />
          </div>
        </Box>
      ))}
      {all.length > SHOWN && (
        <Box component="li" sx={{ py: 0.25, pl: '60px', color: 'text.secondary' }}>
          {text('dialog.moreDestinations', { count: all.length - SHOWN })}
          <RestAlsoReaches targets={routesOf(all.slice(SHOWN))} />
        </Box>
      )}
    </Box>
  );
  return (
    <>
      {list}
      <UntoldRoutes targets={routesOf(all)} />
    </>
  );
}

/** What the preview says of a destination. Undefined until it is there, and where it left it out. */
function previewed(
  preview: OperationPreview | undefined,
  { exchange, routingKey }: Pick<Destination, 'exchange' | 'routingKey'>,
): PreviewTarget | undefined {
  return preview?.targets.find((one) => one.exchange === exchange && one.routingKey === routingKey);
}

/** A place that does not exist is said loudly; one that does, or that could not be asked about, not at all. */
function Existence({ exists, toQueue }: { exists: boolean | null; toQueue: boolean }) {
  const text = useText();
  if (exists !== false) return null;
  return (
    <Box component="span" sx={{ ml: 1, whiteSpace: 'nowrap', color: (theme) => theme.palette.state.bad }}>
      <Warning aria-hidden sx={{ fontSize: '1rem', verticalAlign: 'text-bottom', mr: 0.5 }} />
      {text(toQueue ? 'items.item.queueMissing' : 'items.item.exchangeMissing')}
    </Box>
  );
}
