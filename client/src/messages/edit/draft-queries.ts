import { useMutation, useQueryClient, type UseQueryResult } from '@tanstack/react-query';

import type { Editing, EditableContents } from '../../../../server/contract/schemas/drafts.ts';
import { office } from '../../api/office.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';
import { newDraftOf } from './draft-form.ts';
import { isSame } from './same.ts';

/** Everything that the editor needs. Asked once: what is being edited is not exchanged under somebody's hands. */
export function useEditing(messageId: string, enabled: boolean): UseQueryResult<Editing> {
  return useOfficeQuery(['drafts', messageId], (signal) => office.draft(messageId, signal), {
    enabled,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
}

interface Saving {
  /** Keeps the contents as the draft, and gives what the office has then. Undefined where that did not work. */
  save: (contents: EditableContents, editing: Editing) => Promise<Editing | undefined>;
  isSaving: boolean;
  error: Error | null;
  forgetError: () => void;
}

/**
 * Saves a draft. It names the death and the version that were shown, so that nobody's draft is written over unseen.
 * After an answer that never came a second press finds its own draft there: that is no conflict.
 */
export function useSaveDraft(messageId: string): Saving {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const mutation = useMutation({
    mutationFn: async ({ contents, editing }: { contents: EditableContents; editing: Editing }) => {
      const draft = newDraftOf(contents, editing);
      if (draft === undefined) throw new OfficeError('draft.nothingChanged', { status: 422 });
      try {
        return await guard(office.saveDraft(messageId, draft));
      } catch (error) {
        if (!(error instanceof OfficeError && error.code === 'draft.changed')) throw error;
        const there = await guard(office.draft(messageId));
        if (there.draft?.deathId !== editing.deathId || !isSame(there.draft.contents, contents)) throw error;
        return there;
      }
    },
    onSuccess: () => {
      void queryClient.invalidateQueries({ queryKey: ['messages'] });
    },
    retry: false,
  });
  return {
    save: async (contents, editing) => {
      try {
        return await mutation.mutateAsync({ contents, editing });
      } catch {
        // It is in `error`, where the screen shows it.
        return undefined;
      }
    },
    isSaving: mutation.isPending,
    error: mutation.error,
    forgetError: mutation.reset,
  };
}
