import type { UseQueryResult } from '@tanstack/react-query';

import type { TimelineEntry } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { usePolling } from '../live/live-context.ts';

/** The history of one message, oldest first. What is loaded is shared by everything on the screen that asks for it. */
export function useTimeline(id: string): UseQueryResult<{ data: TimelineEntry[] }> {
  return useOfficeQuery(['messages', 'timeline', id], (signal) => office.timeline(id, signal), {
    refetchInterval: usePolling(10_000),
  });
}
