import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';

import { useSessionGuard } from '../api/use-session-guard.ts';

/** A change to a user: shown when the office has done it, and the list asked anew. */
export function useUserAct<Values, Answer>(
  act: (values: Values) => Promise<Answer>,
  onDone: (answer: Answer) => void,
): UseMutationResult<Answer, Error, Values> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<Answer, Error, Values>({
    mutationFn: (values) => guard(act(values)),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: ['users'] });
      onDone(answer);
    },
  });
}
