import { useCallback, useEffect, useReducer, useRef } from 'react';

import { useSessionGuard } from '../api/use-session-guard.ts';
import { saveFile } from '../show/save-file.ts';
import { readDownload, type DownloadProgress } from './download.ts';
import type { WantedDownload } from './downloads-context.ts';

/** A download that is under way, or over and not yet put away. */
export interface Download {
  id: number;
  wanted: WantedDownload;
  progress: DownloadProgress;
  state: { kind: 'running' } | { kind: 'saved'; name: string } | { kind: 'failed'; error: unknown };
}

type Change =
  | { kind: 'begun'; id: number; wanted: WantedDownload }
  | { kind: 'progress'; id: number; progress: DownloadProgress }
  | { kind: 'over'; id: number; state: Download['state']; progress?: DownloadProgress }
  | { kind: 'gone'; id: number };

function changed(downloads: readonly Download[], change: Change): readonly Download[] {
  if (change.kind === 'begun') {
    const { id, wanted } = change;
    return [...downloads, { id, wanted, progress: { messages: 0, bytes: 0 }, state: { kind: 'running' } }];
  }
  if (change.kind === 'gone') return downloads.filter(({ id }) => id !== change.id);
  return downloads.map((one): Download => {
    if (one.id !== change.id) return one;
    if (change.kind === 'progress') return { ...one, progress: change.progress };
    return { ...one, state: change.state, progress: change.progress ?? one.progress };
  });
}

export interface Downloads {
  all: readonly Download[];
  start: (wanted: WantedDownload) => void;
  /** Breaks off one that is under way, and puts away one that is over. */
  close: (id: number) => void;
}

/** The downloads of this tab. Closing the tab while one is under way asks first. */
export function useDownloads(): Downloads {
  const guard = useSessionGuard();
  const [all, dispatch] = useReducer(changed, []);
  const controllers = useRef(new Map<number, AbortController>());
  const next = useRef(0);

  const start = useCallback(
    (wanted: WantedDownload) => {
      const id = (next.current += 1);
      const controller = new AbortController();
      controllers.current.set(id, controller);
      dispatch({ kind: 'begun', id, wanted });
      const { signal } = controller;
      const onProgress = (progress: DownloadProgress) => {
        dispatch({ kind: 'progress', id, progress });
      };
      guard(readDownload(wanted, { signal, onProgress }))
        .then(({ content, name, progress }) => {
          saveFile(content, name);
          dispatch({ kind: 'over', id, state: { kind: 'saved', name }, progress });
        })
        .catch((error: unknown) => {
          if (!signal.aborted) dispatch({ kind: 'over', id, state: { kind: 'failed', error } });
        })
        .finally(() => {
          controllers.current.delete(id);
        });
    },
    [guard],
  );
  const close = useCallback((id: number) => {
    controllers.current.get(id)?.abort();
    dispatch({ kind: 'gone', id });
  }, []);

  const isRunning = all.some(({ state }) => state.kind === 'running');
  useEffect(() => {
    if (!isRunning) return;
    const ask = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    window.addEventListener('beforeunload', ask);
    return () => {
      window.removeEventListener('beforeunload', ask);
    };
  }, [isRunning]);
  useEffect(() => {
    const running = controllers.current;
    return () => {
      for (const controller of running.values()) controller.abort();
    };
  }, []);
  return { all, start, close };
}
