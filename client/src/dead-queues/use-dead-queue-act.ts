import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';

import { useSessionGuard } from '../api/use-session-guard.ts';

/** A change to the dead queues: shown when the office has done it, and the list asked anew. */
export function useDeadQueueAct<T>(
  act: (values: T) => Promise<unknown>,
  onDone: () => void,
): UseMutationResult<unknown, Error, T> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<unknown, Error, T>({
    mutationFn: (values) => guard(act(values)),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['dead-queues'] });
      onDone();
    },
  });
}
