import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import type { AddressedList } from '../list/use-addressed-list.ts';
import type { Selection } from '../list/use-selection.ts';
import { StatusMark } from '../show/StatusMark.tsx';
import { Time } from '../show/Time.tsx';
import { DeathCount, ErrorTypeText, MessageLink, messageName, PossibleDuplicateSign } from './message-parts.tsx';
import { OrderLinks } from './OrderLinks.tsx';

/** The list on a small screen: the same facts, stacked. */
export function MessageCards({ list, selection }: { list: AddressedList<Message>; selection: Selection<Message> }) {
  const text = useText();
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {list.rows?.map((message) => (
        <Box
          key={message.id}
          component="li"
          data-message-id={message.id}
          sx={{
            display: 'flex',
            alignItems: 'flex-start',
            gap: 0.5,
            pl: 0.5,
            pr: 1.5,
            py: 1,
            position: 'relative',
            borderBottom: 1,
            borderColor: 'divider',
            '&:last-child': { borderBottom: 0 },
            // The link to the message covers the card; other links and the checkbox lie above it.
            '& .to-message a::after': { content: '""', position: 'absolute', inset: 0 },
            '& .above': { position: 'relative', zIndex: 1 },
          }}
        >
          <Checkbox
            className="above"
            checked={selection.ids.includes(message.id)}
            onChange={() => {
              selection.toggle(message.id);
            }}
            slotProps={{
              input: { 'aria-label': text('list.select', { id: message.id, what: messageName(message, text) }) },
            }}
            sx={{ mt: -0.25 }}
          />
          <Box sx={{ flex: 1, minWidth: 0, fontSize: '0.8125rem', lineHeight: 1.5 }}>
            <Box sx={{ display: 'flex', justifyContent: 'space-between', gap: 1, color: 'text.secondary' }}>
              <Box component="span" sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }}>
                {message.queue ?? message.deadQueue}
              </Box>
              <Time at={message.failedAt} show="ago" />
            </Box>
            <Box
              className="to-message"
              sx={{ display: '-webkit-box', WebkitLineClamp: 2, WebkitBoxOrient: 'vertical', overflow: 'hidden' }}
            >
              <strong>
                <ErrorTypeText message={message} />
              </strong>{' '}
              <MessageLink message={message} />
            </Box>
            <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, alignItems: 'center', mt: 0.25 }}>
              <StatusMark status={message.status} />
              <PossibleDuplicateSign message={message} />
              <DeathCount count={message.failureCount} />
              <Box component="span" className="above">
                <OrderLinks orderIds={message.keys['orderId'] ?? []} />
              </Box>
            </Box>
          </Box>
        </Box>
      ))}
    </Box>
  );
}
