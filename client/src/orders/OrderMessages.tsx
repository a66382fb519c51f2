import Box from '@mui/material/Box';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { DeathCount, shortType } from '../messages/message-parts.tsx';
import { AppLink } from '../show/AppLink.tsx';
import { StatusMark } from '../show/StatusMark.tsx';
import { Time } from '../show/Time.tsx';

interface OrderMessagesProps {
  messages: readonly Message[];
  /** Says at each message which order IDs it carries: where they may be several orders. */
  withOrder?: boolean;
}

/** The messages of an order, two lines each. */
export function OrderMessages({ messages, withOrder = false }: OrderMessagesProps) {
  const text = useText();
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0, fontSize: '0.8125rem', lineHeight: 1.5 }}>
      {messages.map((message) => (
        <Box
          key={message.id}
          component="li"
          sx={{
            position: 'relative',
            px: 2,
            py: 1.25,
            borderBottom: 1,
            borderColor: 'divider',
            '&:last-child': { borderBottom: 0 },
            '&:hover': { bgcolor: 'action.hover' },
            '& .to-message a::after': { content: '""', position: 'absolute', inset: 0 },
          }}
        >
          <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, alignItems: 'center' }}>
            <strong>{message.queue ?? message.deadQueue}</strong>
            <StatusMark status={message.status} />
            <DeathCount count={message.failureCount} />
            {withOrder && <span>{message.keys['orderId']?.join(', ')}</span>}
            {message.copyOf !== null && (
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {text('orders.copyOf', { id: message.copyOf })}
              </Box>
            )}
            <Box component="span" sx={{ ml: 'auto', color: 'text.secondary' }}>
              <Time at={message.failedAt} />
            </Box>
          </Box>
          <Box className="to-message" sx={{ overflowWrap: 'anywhere' }}>
            <AppLink quiet to={`/messages/${message.id}`}>
              {message.errorType !== null ? `${shortType(message.errorType)}: ` : ''}
              {message.errorMessage ?? text(`reason.${message.reason}`)}
            </AppLink>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
