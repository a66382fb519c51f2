import Add from '@mui/icons-material/Add';
import { useState } from 'react';

import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { useBlocked } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { AddDeadQueue } from './AddDeadQueue.tsx';
import { DeadQueueSettings } from './DeadQueueSettings.tsx';
import { DeadQueueRow } from './DeadQueueRow.tsx';
import { RemoveDeadQueue } from './RemoveDeadQueue.tsx';

const SPEC: ListSpec = { filters: [], sort: '', sorts: [], perPage: 100 };

type Open = { dialog: 'add' } | { dialog: 'settings' | 'remove'; queue: DeadQueue };

/** The dead queues that the office watches: what it sees of each, and what it does about it. */
export function DeadQueueList() {
  const text = useText();
  const [open, setOpen] = useState<Open>();
  const list = useAddressedList({ resource: 'dead-queues', spec: SPEC, pollMs: usePolling(5000) });
  const blocked = useBlocked('deadQueues.edit');
  const close = () => {
    setOpen(undefined);
  };
  const add = (
    <GatedButton
      blocked={blocked}
      variant="contained"
      startIcon={<Add aria-hidden />}
      onClick={() => {
        setOpen({ dialog: 'add' });
      }}
    >
      {text('deadQueues.add')}
    </GatedButton>
  );
  return (
    <>
      <PageHeader title={text('deadQueues.title')} actions={add} />
      <Panel label={text('deadQueues.title')}>
        <ListBody
          list={list}
          pager="needed"
          empty={{ title: text('deadQueues.emptyTitle'), text: text('deadQueues.emptyText') }}
        >
          {list.rows?.map((queue) => (
            <DeadQueueRow
              key={queue.id}
              queue={queue}
              blocked={blocked}
              onSettings={() => {
                setOpen({ dialog: 'settings', queue });
              }}
              onRemove={() => {
                setOpen({ dialog: 'remove', queue });
              }}
            />
          ))}
        </ListBody>
      </Panel>
      {open?.dialog === 'add' && <AddDeadQueue onClose={close} />}
      {open?.dialog === 'settings' && <DeadQueueSettings queue={open.queue} onClose={close} />}
      {open?.dialog === 'remove' && <RemoveDeadQueue queue={open.queue} onClose={close} />}
    </>
  );
}
