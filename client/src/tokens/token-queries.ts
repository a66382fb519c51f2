import { useMutation, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { ApiToken } from '../../../server/contract/schemas/tokens.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';

/** Tokens that were not revoked: the user's own, or everybody's. */
export function useTokens(of: 'me' | 'everybody'): UseQueryResult<ApiToken[]> {
  return useOfficeQuery(['tokens', of], async (signal) => (await office.tokens(of, signal)).data);
}

/** Makes or revokes a token: the list is asked anew, and then the answer is handed on. */
export function useTokenAct<Values, Answer>(
  act: (values: Values) => Promise<Answer>,
  onDone: (answer: Answer) => void,
): UseMutationResult<Answer, Error, Values> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (values: Values) => guard(act(values)),
    onSuccess: async (answer) => {
      await queryClient.invalidateQueries({ queryKey: ['tokens'] });
      onDone(answer);
    },
    retry: false,
  });
}
