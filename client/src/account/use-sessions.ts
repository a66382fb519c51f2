import { useMutation, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { SignedInSession } from '../../../server/contract/schemas/users.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';

/** Begins like the users: what ends a session is told of as a change of them. */
const KEY = ['users', 'sessions'] as const;

/** Without a user: one's own. */
export function useSessions(userId?: string): UseQueryResult<SignedInSession[]> {
  return useOfficeQuery([...KEY, userId ?? 'own'], (signal) => office.sessions(userId, signal));
}

/** Signs out, and asks for the list anew. */
export function useEndSession<T>(
  end: () => Promise<T>,
  onDone: (answer: T) => void,
): UseMutationResult<T, Error, void> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<T>({
    mutationFn: () => guard(end()),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: ['users'] });
      onDone(answer);
    },
  });
}
