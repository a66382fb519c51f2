import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { inexactText } from '../show/inexact-text.ts';
import { StatusMark } from '../show/StatusMark.tsx';
import { Time } from '../show/Time.tsx';
import { OrderLinks } from './OrderLinks.tsx';

interface MessageFactsProps {
  message: MessageDetail;
  /** The way to the comparison with another one of its group. */
  compare?: ReactNode;
}

/** The facts under the headline: orders, state, when, and what of it wants attention. */
export function MessageFacts({ message, compare }: MessageFactsProps) {
  const text = useText();
  const orderIds = message.keys['orderId'] ?? [];
  return (
    <>
      <Box
        sx={{
          display: 'flex',
          flexWrap: 'wrap',
          alignItems: 'center',
          columnGap: 2,
          rowGap: 0.5,
          fontSize: '0.8125rem',
          mb: 1.5,
        }}
      >
        {orderIds.length > 0 && (
          <Box component="strong" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1.25, fontWeight: 600 }}>
            <OrderLinks all orderIds={orderIds} />
          </Box>
        )}
        <StatusMark status={message.status} />
        <Said template={text('messages.failedAt', { time: SLOT })}>
          <Time at={message.failedAt} show="clock" />
        </Said>
        {message.failureCount > 1 && (
          <Said template={text('messages.firstAt', { time: SLOT })}>
            <Time at={message.capturedAt} />
          </Said>
        )}
        {message.resentAt !== null && (
          <Said template={text('messages.resentAt', { time: SLOT })}>
            <Time at={message.resentAt} />
          </Said>
        )}
        <AppLink to={`/groups/${message.groupId}`}>{text('groups.one', { id: message.groupId })}</AppLink>
        <AppLink to={`/messages?status=all&groupId=${message.groupId}`}>{text('messages.groupMessages')}</AppLink>
        {compare}
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {text('messages.number', { id: message.id })}
        </Box>
      </Box>
      {message.possibleDuplicateOf !== null && (
        <Alert severity="warning" variant="outlined" sx={{ mb: 1.5 }}>
          {text('messages.possibleDuplicateOf', { id: message.possibleDuplicateOf })}{' '}
          <AppLink to={`/messages/${message.possibleDuplicateOf}`}>
            {text('messages.number', { id: message.possibleDuplicateOf })}
          </AppLink>
        </Alert>
      )}
      {!message.resendable.ok &&
        message.resendable.code !== undefined &&
        message.resendable.code !== 'item.wrongStatus' && (
          <Alert severity="info" variant="outlined" sx={{ mb: 1.5 }}>
            {text('messages.notResendable')} {text(`items.${message.resendable.code}`)}
            {message.resendable.parts !== undefined && ` ${inexactText(message.resendable.parts, text)}`}
          </Alert>
        )}
    </>
  );
}

const SLOT = '\u0000';

/** A translated sentence with a component in the place of its value, wherever the language puts it. */
function Said({ template, children }: { template: string; children: ReactNode }) {
  const [before = '', after = ''] = template.split(SLOT);
  return (
    <Box component="span" sx={{ color: 'text.secondary' }}>
      {before}
      <Box component="span" sx={{ color: 'text.primary' }}>
        {children}
      </Box>
      {after}
    </Box>
  );
}
