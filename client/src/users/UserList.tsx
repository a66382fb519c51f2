import Add from '@mui/icons-material/PersonAddAlt';
import Button from '@mui/material/Button';
import { useState } from 'react';

import type { User } from '../../../server/contract/schemas/users.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { useMay } from '../session/use-user.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { CreateUser } from './CreateUser.tsx';
import { EditUser } from './EditUser.tsx';
import { PasswordShown } from './PasswordShown.tsx';
import { UserAct, type UserActName } from './UserAct.tsx';
import { UserSessions } from './UserSessions.tsx';
import { UserTable } from './UserTable.tsx';
import { UserToolbar } from './UserToolbar.tsx';

const SPEC: ListSpec = { filters: ['search', 'state'], sort: '', sorts: [], perPage: 50 };

type Open =
  | { dialog: 'create' }
  | { dialog: 'edit' | 'sessions' | UserActName; user: User }
  | { dialog: 'password'; username: string; password: string };

/** Who may sign in, as what, and what of the dead queues they see. */
export function UserList() {
  const text = useText();
  const mayEdit = useMay('users.edit');
  const [open, setOpen] = useState<Open>();
  const list = useAddressedList({ resource: 'users', spec: SPEC, toApi: asQuery, pollMs: usePolling(15_000) });
  const close = () => {
    setOpen(undefined);
  };
  const showPassword = (username: string, password: string | null) => {
    setOpen(password === null ? undefined : { dialog: 'password', username, password });
  };
  return (
    <>
      <PageHeader
        title={text('users.title')}
        actions={
          mayEdit && (
            <Button
              variant="contained"
              startIcon={<Add aria-hidden />}
              onClick={() => {
                setOpen({ dialog: 'create' });
              }}
            >
              {text('users.create')}
            </Button>
          )
        }
      />
      <UserToolbar list={list} />
      <Panel label={text('users.title')}>
        <ListBody list={list} pager="needed" empty={{ title: text('users.emptyTitle'), text: text('users.emptyText') }}>
          <UserTable
            users={list.rows ?? []}
            onOpen={(dialog, user) => {
              setOpen({ dialog, user });
            }}
          />
        </ListBody>
      </Panel>
      {open?.dialog === 'create' && <CreateUser onClose={close} onCreated={showPassword} />}
      {open?.dialog === 'edit' && <EditUser user={open.user} onClose={close} />}
      {open?.dialog === 'sessions' && <UserSessions user={open.user} onClose={close} />}
      {open?.dialog === 'password' && <PasswordShown {...open} onClose={close} />}
      {open !== undefined && isAct(open) && (
        <UserAct act={open.dialog} user={open.user} onClose={close} onPassword={showPassword} />
      )}
    </>
  );
}

function isAct(open: Open): open is { dialog: UserActName; user: User } {
  return 'user' in open && open.dialog !== 'edit' && open.dialog !== 'sessions';
}

/** The words that were searched for are one. */
function asQuery(filter: Readonly<Record<string, readonly string[]>>) {
  return { search: filter['search']?.[0], state: filter['state']?.[0] };
}
