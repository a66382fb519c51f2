import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from 'react';

import { takeOperation } from '../operations/operation-queries.ts';
import { HEALTH } from '../frame/use-health.ts';
import { followEvents } from './event-stream.ts';
import { LiveContext } from './live-context.ts';

/** While an operation runs, the lists of messages are asked again at most this often. */
const LISTS_FOLLOW_MS = 2000;

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
  };
}

/** One event stream for the tab, open while the tab is visible and the user has not paused. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [live, setLive] = useState(true);
  const [connected, setConnected] = useState(false);
  const visible = useSyncExternalStore(onVisibility, () => document.visibilityState !== 'hidden');

  useEffect(() => {
    if (!live || !visible) return;
    let due: ReturnType<typeof setTimeout> | undefined;
    const refreshLists = () => {
      due ??= setTimeout(() => {
        due = undefined;
        void queryClient.invalidateQueries({ queryKey: ['messages'] });
        void queryClient.invalidateQueries({ queryKey: ['operations', 'getList'] });
        void queryClient.invalidateQueries({ queryKey: ['operations', 'items'] });
        void queryClient.invalidateQueries({ queryKey: ['orders'] });
        void queryClient.invalidateQueries({ queryKey: ['statistics'] });
        void queryClient.invalidateQueries({ queryKey: ['groups'] });
      }, LISTS_FOLLOW_MS);
    };
    const close = followEvents({
      onConnected: setConnected,
      onHealth: () => {
        void queryClient.invalidateQueries({ queryKey: HEALTH });
      },
      onOperation: (operation) => {
        takeOperation(queryClient, operation);
        refreshLists();
      },
    });
    return () => {
      close();
      clearTimeout(due);
    };
  }, [live, visible, queryClient]);

  const value = useMemo(() => ({ live, setLive, connected }), [live, connected]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
