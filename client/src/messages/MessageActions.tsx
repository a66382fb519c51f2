import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';

import type { Action } from '../../../server/contract/operations.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { allows } from '../operations/action-rules.ts';
import { ActButton, useBlocked } from '../operations/ActButton.tsx';
import { LazyActDialog } from '../operations/dialog/LazyActDialog.tsx';

/** What can be done to one message: what fits its state as buttons, the rest under "more" with the reason why not. */
export function MessageActions({ message }: { message: Message }) {
  const text = useText();
  const [action, setAction] = useState<Action>();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const restorable = allows('restore', message.status);
  const shown: Action[] = restorable ? ['restore'] : ['resend', 'delete', 'handle'];
  const others: Action[] = restorable
    ? ['resend']
    : [...(message.status === 'unknown' ? ['markResent' as const] : []), 'restore'];
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.75 }}>
      {shown.map((one, index) => (
        <ActButton
          key={one}
          main={index === 0}
          action={one}
          statuses={[message.status]}
          onAct={() => {
            setAction(one);
          }}
        />
      ))}
      <IconButton
        size="small"
        aria-label={text('common.more')}
        aria-haspopup="menu"
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
      >
        <MoreHoriz fontSize="small" />
      </IconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        // What cannot be done is come to by keyboard too: it says why.
        slotProps={{ list: { disabledItemsFocusable: true } }}
        onClose={() => {
          setAnchor(null);
        }}
      >
        {others.map((one) => (
          <OtherAct
            key={one}
            action={one}
            message={message}
            onAct={() => {
              setAnchor(null);
              setAction(one);
            }}
          />
        ))}
      </Menu>
      {action && (
        <LazyActDialog
          action={action}
          selection={{ kind: 'messages', messages: [message] }}
          onClose={() => {
            setAction(undefined);
          }}
        />
      )}
    </Box>
  );
}

function OtherAct({ action, message, onAct }: { action: Action; message: Message; onAct: () => void }) {
  const text = useText();
  const blocked = useBlocked(action, [message.status]);
  return (
    <MenuItem disabled={blocked !== undefined} onClick={onAct} sx={{ '&.Mui-disabled': { opacity: 0.75 } }}>
      <Box sx={{ maxWidth: 300, whiteSpace: 'normal' }}>
        {text(`action.${action}`)}
        <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>{blocked ?? text(`actionHint.${action}`)}</Box>
      </Box>
    </MenuItem>
  );
}
