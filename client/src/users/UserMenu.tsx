import MoreHoriz from '@mui/icons-material/MoreHoriz';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useId, useState } from 'react';

import type { User } from '../../../server/contract/schemas/users.ts';
import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import type { UserActName } from './UserAct.tsx';

export type UserMenuChoice = 'edit' | 'sessions' | UserActName;

interface UserMenuProps {
  user: User;
  isSelf: boolean;
  onOpen: (dialog: UserMenuChoice) => void;
}

/** What can be done about a user. One's own account is changed under "My account", or by somebody else. */
export function UserMenu({ user, isSelf, onOpen }: UserMenuProps) {
  const text = useText();
  const menuId = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { state, username, lockedUntil, hasSecondFactor } = user;
  const others: (UserMenuChoice & ('sessions' | UserActName))[] = [
    'sessions',
    ...(lockedUntil === null ? [] : ['unlock' as const]),
    ...(isSelf || state === 'removed'
      ? []
      : ([
          'reset',
          ...(hasSecondFactor ? (['factor'] as const) : []),
          state === 'enabled' ? 'disable' : 'enable',
          'remove',
        ] as const)),
  ];
  const blocked = state === 'removed' ? text('users.isRemoved') : isSelf ? text('users.self') : undefined;
  return (
    <>
      <GatedButton
        blocked={blocked}
        size="small"
        color="inherit"
        aria-label={text('users.editOf', { name: username })}
        onClick={() => {
          onOpen('edit');
        }}
      >
        {text('users.edit')}
      </GatedButton>
      <IconButton
        size="small"
        aria-label={text('users.moreOf', { name: username })}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-controls={anchor === null ? undefined : menuId}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
      >
        <MoreHoriz fontSize="small" />
      </IconButton>
      <Menu
        id={menuId}
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => {
          setAnchor(null);
        }}
      >
        {others.map((one) => (
          <MenuItem
            key={one}
            onClick={() => {
              setAnchor(null);
              onOpen(one);
            }}
          >
            {text(`users.${one}`)}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
