import { useMutation, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { Group } from '../../../server/contract/schemas/groups.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { usePolling } from '../live/live-context.ts';

const groupKey = (id: string): readonly unknown[] => ['groups', 'one', id];

export function useGroup(id: string): UseQueryResult<Group> {
  return useOfficeQuery(groupKey(id), (signal) => office.group(id, signal), { refetchInterval: usePolling(10_000) });
}

/** An act on a group. What the office answers is shown; after a refusal too, everything is asked anew. */
export function useGroupAct<T>(
  act: (values: T) => Promise<Group>,
  onDone: (group: Group) => void,
): UseMutationResult<Group, Error, T> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<Group, Error, T>({
    mutationFn: (values) => guard(act(values)),
    onSuccess: (group) => {
      queryClient.setQueryData(groupKey(group.id), group);
      onDone(group);
    },
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['groups'] }),
  });
}
