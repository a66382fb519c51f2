import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useLocale } from 'ra-core';

import type { User } from '../../../server/contract/schemas/users.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { Mark } from '../show/Mark.tsx';
import { USER_LOOKS } from '../show/marks.ts';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { shortTime } from '../show/times.ts';
import { UserMenu, type UserMenuChoice } from './UserMenu.tsx';

interface UserTableProps {
  users: readonly User[];
  onOpen: (dialog: UserMenuChoice, user: User) => void;
}

/** One line a user: who, as what, what they see, and how they stand. */
export function UserTable({ users, onOpen }: UserTableProps) {
  const text = useText();
  const self = useUser();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('users.username')}</TableCell>
          <TableCell>{text('users.role')}</TableCell>
          <TableCell>{text('users.scope')}</TableCell>
          <TableCell>{text('users.state')}</TableCell>
          <TableCell>{text('users.lastSignIn')}</TableCell>
          <TableCell>{text('users.created')}</TableCell>
          <TableCell align="right">{text('users.acts')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {users.map((user) => {
          const isSelf = user.id === self?.id;
          return (
            <TableRow key={user.id} hover>
              <TableCell className="wide" sx={{ fontWeight: 500, overflowWrap: 'anywhere' }}>
                {user.username}
                {isSelf && <Quiet> ({text('users.you')})</Quiet>}
              </TableCell>
              <TableCell>{text(`role.${user.role}`)}</TableCell>
              <TableCell className="wide" sx={{ overflowWrap: 'anywhere' }}>
                <Scope user={user} />
              </TableCell>
              <TableCell className="wide">
                <State user={user} />
              </TableCell>
              <TableCell>
                {user.lastSignInAt === null ? text('users.never') : <Time at={user.lastSignInAt} show="clock" />}
              </TableCell>
              <TableCell>
                <Time at={user.createdAt} />
              </TableCell>
              <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
                <UserMenu
                  user={user}
                  isSelf={isSelf}
                  onOpen={(dialog) => {
                    onOpen(dialog, user);
                  }}
                />
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}

function Scope({ user: { scope, deadQueues } }: { user: User }) {
  const text = useText();
  if (scope === null || deadQueues === null) return text('users.all');
  return (
    <Box component="span" title={deadQueues.join('\n')}>
      {scope.join(', ')} <Quiet>({text('users.matchesNow', { count: deadQueues.length })})</Quiet>
    </Box>
  );
}

function State({ user }: { user: User }) {
  const text = useText();
  const locale = useLocale();
  const { state, lockedUntil, mustChangePassword, sessions } = user;
  const facts = [
    ...(lockedUntil === null
      ? []
      : [text('users.lockedUntil', { time: shortTime(new Date(lockedUntil), new Date(), locale) })]),
    ...(mustChangePassword && state === 'enabled' ? [text('users.mustChange')] : []),
    ...(sessions > 0 ? [text('users.signedInAt', { count: sessions })] : []),
  ];
  return (
    <>
      <Mark look={USER_LOOKS[state]} label={text(`users.states.${state}`)} />
      {facts.length > 0 && (
        <Box sx={{ fontSize: '0.75rem' }} title={lockedUntil === null ? undefined : text('users.lockedMeans')}>
          <Quiet>{facts.join(' · ')}</Quiet>
        </Box>
      )}
    </>
  );
}

function Quiet({ children }: { children: React.ReactNode }) {
  return (
    <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400 }}>
      {children}
    </Box>
  );
}
