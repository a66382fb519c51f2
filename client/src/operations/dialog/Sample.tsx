import Box from '@mui/material/Box';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { Time } from '../../show/Time.tsx';

const SHOWN = 3;

/** Some of the messages that a filter selects: so that a filter which says something else than was meant is noticed. */
export function Sample({ messages }: { messages: readonly Message[] }) {
  const text = useText();
  if (messages.length === 0) return null;
  return (
    <Box sx={{ mt: 1.5, fontSize: '0.75rem', color: 'text.secondary' }}>
      {text('dialog.sample')}
      <Box component="ul" aria-label={text('dialog.sample')} sx={{ listStyle: 'none', m: 0, p: 0 }}>
        {messages.slice(0, SHOWN).map((message) => (
          <Box
            key={message.id}
            component="li"
            sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', lineHeight: 1.7 }}
          >
            <Time at={message.failedAt} /> {message.queue ?? message.deadQueue}
            {': '}
            {[message.errorType, message.errorMessage, ...(message.keys['orderId'] ?? [])]
              .filter((part) => part !== null)
              .join(' · ')}
          </Box>
        ))}
      </Box>
    </Box>
  );
}
