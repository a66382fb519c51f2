import { createContext, useContext } from 'react';

import type { ExportFormat } from './message-counter.ts';

/** What somebody wants as a file. */
export interface WantedDownload {
  path: string;
  format: ExportFormat;
  /** How many messages there are; null where nobody has counted them all. */
  total: number | null;
  /** Why it is wanted without masks. */
  reason?: string;
  /** What there is one of a line, in place of messages. */
  counts?: 'events';
}

export type StartDownload = (wanted: WantedDownload) => void;

export const DownloadsContext = createContext<StartDownload>(() => undefined);

/** Starts a download that goes on while its user looks at other screens. */
export function useStartDownload(): StartDownload {
  return useContext(DownloadsContext);
}
