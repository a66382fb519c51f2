import { useQueryClient } from '@tanstack/react-query';

import type { SavedView } from '../../../../server/contract/schemas/saved-views.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';

const KEY = ['saved-views'];

export interface SavedViews {
  views: readonly SavedView[];
  /** Does something to the views, and reads them again. Throws what the office says. */
  act: <T>(call: Promise<T>) => Promise<T>;
}

/** The user's own views and the shared ones. */
export function useSavedViews(): SavedViews {
  const guard = useSessionGuard();
  const client = useQueryClient();
  const { data } = useOfficeQuery(KEY, (signal) => office.savedViews(signal), { staleTime: 30_000 });
  return {
    views: data?.data ?? [],
    act: async (call) => {
      try {
        return await guard(call);
      } finally {
        await client.invalidateQueries({ queryKey: KEY });
      }
    },
  };
}
