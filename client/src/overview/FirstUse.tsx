import AltRoute from '@mui/icons-material/AltRoute';
import TaskAlt from '@mui/icons-material/TaskAlt';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { AddDeadQueue } from '../dead-queues/AddDeadQueue.tsx';
import { useText } from '../i18n/use-text.ts';
import { ScopeNote } from '../session/ScopeNote.tsx';
import { useBlocked, useUser } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { Panel } from '../show/Panel.tsx';
import { QuietState } from '../show/QuietState.tsx';

/** Nothing has ever failed here: what to do first, or that all there is to do is done. */
export function FirstUse({ watched }: { watched: number }) {
  const text = useText();
  const blocked = useBlocked('deadQueues.edit');
  const isLimited = (useUser()?.scope ?? null) !== null;
  const queryClient = useQueryClient();
  const [adding, setAdding] = useState(false);
  if (watched > 0) {
    return (
      <Panel>
        <QuietState
          icon={TaskAlt}
          title={text('overview.nothingYet')}
          text={text('overview.nothingYetText', { count: watched })}
          note={<ScopeNote />}
        />
      </Panel>
    );
  }
  if (isLimited) {
    return (
      <Panel>
        <QuietState icon={AltRoute} title={text('scope.noQueue')} text={<ScopeNote />} />
      </Panel>
    );
  }
  return (
    <Panel>
      <QuietState
        icon={AltRoute}
        title={text('deadQueues.emptyTitle')}
        text={text('overview.addQueueText')}
        action={
          <GatedButton
            blocked={blocked}
            variant="contained"
            onClick={() => {
              setAdding(true);
            }}
          >
            {text('deadQueues.add')}
          </GatedButton>
        }
      />
      {adding && (
        <AddDeadQueue
          onClose={() => {
            setAdding(false);
            void queryClient.invalidateQueries({ queryKey: ['statistics'] });
          }}
        />
      )}
    </Panel>
  );
}
