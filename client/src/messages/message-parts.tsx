import ContentCopy from '@mui/icons-material/FileCopyOutlined';
import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText, type Text } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { useListTrail } from './list-trail.ts';

/** A message in a few words, for names of controls. */
export function messageName(message: Message, text: Text): string {
  const order = message.keys['orderId']?.[0];
  return [message.queue ?? message.deadQueue, message.errorType ?? text(`reason.${message.reason}`), order]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Who did what to it how often, as a sentence: "orders.cancel rejected it 3 times". */
export function failureInWords(message: Message, text: Text): string {
  const { reason, queue, deadQueue, failureCount: count } = message;
  return text(`headline.${reason}`, {
    queue: reason === 'unknown' ? deadQueue : (queue ?? text('headline.noQueue')),
    count,
    // Translations are trimmed, so the space after it is set here.
    times: count === 1 ? '' : `${text('headline.times', { count })} `,
  });
}

/** The error's type; where nothing names one, the broker's reason in its place. */
export function ErrorTypeText({ message }: { message: Message }) {
  const text = useText();
  if (message.errorType !== null) return <span className="name">{shortType(message.errorType)}</span>;
  return (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      {text(`reason.${message.reason}`)}
    </Box>
  );
}

/** `com.acme.orders.TimeoutException` as `TimeoutException`: the whole name is on the message's page. */
export function shortType(type: string): string {
  return /^[\w$]+(?:[.:\\/]+[\w$]+)+$/.test(type) ? (type.split(/[.:\\/]+/).at(-1) ?? type) : type;
}

/** The error message as the link to the message: the way in for keyboards and new tabs. */
export function MessageLink({ message }: { message: Message }) {
  const text = useText();
  const trail = useListTrail();
  return (
    <AppLink quiet to={`/messages/${message.id}`} state={trail}>
      {message.errorMessage ?? (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {failureInWords(message, text)}
        </Box>
      )}
    </AppLink>
  );
}

/** How often it died: `×3`, quiet for the first time. */
export function DeathCount({ count }: { count: number }) {
  const text = useText();
  return (
    <Box
      component="span"
      aria-label={text('messages.deaths', { count })}
      sx={count > 1 ? { fontWeight: 600 } : { color: 'text.secondary' }}
    >
      {text('way.times', { n: count })}
    </Box>
  );
}

/** Marks what cannot be told from a twin. */
export function PossibleDuplicateSign({ message }: { message: Message }) {
  const text = useText();
  if (message.possibleDuplicateOf === null) return null;
  const label = text('messages.possibleDuplicate');
  return (
    <Tooltip title={`${label}. ${text('messages.possibleDuplicateOf', { id: message.possibleDuplicateOf })}`}>
      <ContentCopy
        role="img"
        aria-label={label}
        sx={{
          fontSize: '0.9rem',
          ml: 0.75,
          verticalAlign: 'text-bottom',
          color: (theme) => theme.palette.state.unsure,
        }}
      />
    </Tooltip>
  );
}
