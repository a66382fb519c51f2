import { useMutation, useQueryClient } from '@tanstack/react-query';

import { office } from '../../api/office.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';

/** Throws a draft away. One that is gone already is what was wanted. */
export function useDiscardDraft(messageId: string, onDiscarded: () => void) {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: async () => {
      try {
        await guard(office.discardDraft(messageId));
      } catch (error) {
        if (!(error instanceof OfficeError && error.code === 'draft.notFound')) throw error;
      }
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['messages'] });
      onDiscarded();
    },
    retry: false,
  });
}
