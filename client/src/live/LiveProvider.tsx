import { useQueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';

import { takeOperation } from '../operations/operation-queries.ts';
import { HEALTH } from '../frame/use-health.ts';
import { ALL, askAnew, concernedBy, CONCERNED_BY_PROGRESS } from './concerned-queries.ts';
import { followEvents } from './event-stream.ts';
import { LiveContext } from './live-context.ts';
import { Paced } from './paced.ts';

/** What somebody changed is asked for at once, and at most this often. */
const CHANGES_EVERY_MS = 1000;
/** What a running operation changes, one message after the other, at most this often. */
const PROGRESS_EVERY_MS = 2000;

function onVisibility(listener: () => void): () => void {
  document.addEventListener('visibilitychange', listener);
  return () => {
    document.removeEventListener('visibilitychange', listener);
  };
}

/**
 * One event stream for the tab, open while the tab is visible and the user has not paused. When it opens again it goes on
 * where it was: what others did meanwhile is caught up with.
 */
export function LiveProvider({ children }: { children: ReactNode }) {
  const queryClient = useQueryClient();
  const [live, setLive] = useState(true);
  const [connected, setConnected] = useState(false);
  const visible = useSyncExternalStore(onVisibility, () => document.visibilityState !== 'hidden');
  const position = useRef<string>(undefined);

  useEffect(() => {
    if (!live || !visible) return;
    const paced = new Paced((key) => {
      askAnew(queryClient, key);
    });
    const want = (keys: readonly QueryKey[], everyMs: number) => {
      for (const key of keys) paced.want(key, everyMs);
    };
    const close = followEvents(position.current, {
      onConnected: setConnected,
      onHealth: () => {
        void queryClient.invalidateQueries({ queryKey: HEALTH });
      },
      onOperation: (operation) => {
        takeOperation(queryClient, operation);
        want(CONCERNED_BY_PROGRESS, PROGRESS_EVERY_MS);
      },
      onChanges: ({ reset, changes }, at) => {
        position.current = at;
        if (reset) want([ALL], CHANGES_EVERY_MS);
        for (const kind of new Set(changes.map((change) => change.kind))) want(concernedBy(kind), CHANGES_EVERY_MS);
      },
    });
    return () => {
      close();
      paced.stop();
    };
  }, [live, visible, queryClient]);

  const value = useMemo(() => ({ live, setLive, connected }), [live, connected]);
  return <LiveContext value={value}>{children}</LiveContext>;
}
