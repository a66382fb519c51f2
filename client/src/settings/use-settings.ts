import { useMutation, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { Settings, SettingsChange } from '../../../server/contract/schemas/settings.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';

const KEY = ['settings', 'now'] as const;
const ASK_EVERY_MS = 4000;

/**
 * The runtime switches; undefined until they are known. Asked for also while the user has paused: whether resends are
 * frozen has to be true on every screen.
 */
export function useSettings(): Settings | undefined {
  return useSettingsAnswer().data;
}

export function useSettingsAnswer(): UseQueryResult<Settings> {
  return useOfficeQuery(KEY, (signal) => office.settings(signal), { refetchInterval: ASK_EVERY_MS });
}

/** Changes some of them; the answer stands everywhere at once. */
export function useChangeSettings(onDone: () => void): UseMutationResult<Settings, Error, SettingsChange> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<Settings, Error, SettingsChange>({
    mutationFn: (change) => guard(office.changeSettings(change)),
    onSuccess: async (settings) => {
      // An answer that was asked for before the change must not stand over it.
      await queryClient.cancelQueries({ queryKey: KEY });
      queryClient.setQueryData(KEY, settings);
      onDone();
    },
  });
}
