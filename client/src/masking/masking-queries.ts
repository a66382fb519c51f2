import { useMutation, useQueryClient, type UseMutationResult, type UseQueryResult } from '@tanstack/react-query';

import type { List } from '../../../server/contract/schemas/lists.ts';
import type { MaskingRule } from '../../../server/contract/schemas/masking.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';

const KEY = ['masking-rules'] as const;

export function useMaskingRules(): UseQueryResult<List<MaskingRule>> {
  return useOfficeQuery(KEY, (signal) => office.maskingRules(signal));
}

/** Changes the rules. Everything that was shown by the old ones is asked for anew. */
export function useMaskingAct<Given, Made>(
  act: (given: Given) => Promise<Made>,
  onDone: (made: Made) => void,
): UseMutationResult<Made, Error, Given> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<Made, Error, Given>({
    mutationFn: (given) => guard(act(given)),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries();
      onDone(made);
    },
    retry: false,
  });
}
