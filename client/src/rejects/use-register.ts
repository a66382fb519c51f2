import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';

import type { RegisterAnswer, RegisterRequest } from '../../../server/contract/schemas/rejects.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';

/** Registers some or all; the list is asked anew, whatever became of them. */
export function useRegister(
  onDone: (answer: RegisterAnswer) => void,
): UseMutationResult<RegisterAnswer, Error, RegisterRequest> {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation<RegisterAnswer, Error, RegisterRequest>({
    mutationFn: (wanted) => guard(office.register(wanted)),
    onSuccess: onDone,
    onSettled: () => queryClient.invalidateQueries({ queryKey: ['rejects'] }),
  });
}
