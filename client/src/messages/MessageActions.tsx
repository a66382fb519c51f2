import MoreHoriz from '@mui/icons-material/MoreHoriz';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useNotify } from 'ra-core';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';

import type { Action } from '../../../server/contract/operations.ts';
import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { useShortcut } from '../keyboard/use-shortcut.ts';
import { useMay } from '../session/use-user.ts';
import { allows } from '../operations/action-rules.ts';
import { ActButton, useBlockedText } from '../operations/ActButton.tsx';
import { LazyActDialog } from '../operations/dialog/LazyActDialog.tsx';
import { editPath } from './edit/edit-paths.ts';
import { useEditBlocked } from './edit/use-edit-blocked.ts';

/** What can be done to one message: what fits its state as buttons, the rest under "more" with the reason why not. */
export function MessageActions({ message }: { message: MessageDetail }) {
  const text = useText();
  const notify = useNotify();
  const navigate = useNavigate();
  const editBlocked = useEditBlocked(message);
  const blockedText = useBlockedText();
  const mayReadAudit = useMay('audit.read');
  const [action, setAction] = useState<Action>();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const restorable = allows('restore', message.status);
  const shown: Action[] = restorable ? ['restore'] : ['resend', 'delete', 'handle'];
  const others: Action[] = restorable
    ? ['resend']
    : [...(message.status === 'unknown' ? ['markResent' as const] : []), 'restore'];
  useShortcut('e', () => {
    if (action) return;
    // Already in the reader's words: not to be translated again.
    if (editBlocked !== undefined) notify(editBlocked, { type: 'warning', messageArgs: { _: editBlocked } });
    else void navigate(editPath(message.id));
  });
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
        <OtherAct
          title={text('edit.action')}
          hint={text('edit.hint')}
          blocked={editBlocked}
          onAct={() => void navigate(editPath(message.id))}
        />
        {mayReadAudit && (
          <OtherAct
            title={text('auditEvents.link')}
            hint={text('auditEvents.linkHint')}
            blocked={undefined}
            onAct={() => void navigate(`/audit-events?messageId=${message.id}`)}
          />
        )}
        {others.map((one) => (
          <OtherAct
            key={one}
            title={text(`action.${one}`)}
            hint={text(`actionHint.${one}`)}
            blocked={blockedText(one, [message.status])}
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

interface OtherActProps {
  title: string;
  hint: string;
  blocked: string | undefined;
  onAct: () => void;
}

function OtherAct({ title, hint, blocked, onAct, ...rest }: OtherActProps) {
  return (
    <MenuItem {...rest} disabled={blocked !== undefined} onClick={onAct} sx={{ '&.Mui-disabled': { opacity: 0.75 } }}>
      <Box sx={{ maxWidth: 300, whiteSpace: 'normal' }}>
        {title}
        <Box sx={{ color: 'text.secondary', fontSize: '0.75rem' }}>{blocked ?? hint}</Box>
      </Box>
    </MenuItem>
  );
}
