import ArrowForward from '@mui/icons-material/ArrowForward';
import Box from '@mui/material/Box';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import type { Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { Mono } from '../../show/Mono.tsx';
import { destinations } from '../action-rules.ts';

const SHOWN = 6;

/** Where the messages go, grouped: how many to which exchange with which routing key. */
export function DestinationList({ messages, target }: { messages: readonly Message[]; target: Target }) {
  const text = useText();
  const all = destinations(messages, target);
  if (all.length === 0) return null;
  return (
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
      {all.slice(0, SHOWN).map(({ exchange, routingKeys, count }) => (
        <Box
          key={JSON.stringify([exchange, routingKeys])}
          component="li"
          sx={{ display: 'flex', alignItems: 'baseline', gap: 1, py: 0.25 }}
        >
          <Box component="span" sx={{ minWidth: 52, textAlign: 'right', fontWeight: 600, whiteSpace: 'nowrap' }}>
            {text('dialog.goTo', { count })}
          </Box>
          <ArrowForward aria-hidden sx={{ fontSize: '0.85rem', alignSelf: 'center', color: 'text.secondary' }} />
          <span>
            <Mono wrap>{exchange === '' ? text('way.defaultExchange') : exchange}</Mono>
            <Box component="span" sx={{ color: 'text.secondary', mx: 0.75 }}>
              /
            </Box>
            <Mono wrap>{routingKeys.map((key) => (key === '' ? '""' : key)).join(', ')}</Mono>
          </span>
        </Box>
      ))}
      {all.length > SHOWN && (
        <Box component="li" sx={{ py: 0.25, pl: '60px', color: 'text.secondary' }}>
          {text('dialog.moreDestinations', { count: all.length - SHOWN })}
        </Box>
      )}
    </Box>
  );
}
