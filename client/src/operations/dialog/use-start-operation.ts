import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';

import type { NewOperation } from '../../../../server/contract/schemas/operations.ts';
import { office } from '../../api/office.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';
import { takeOperation } from '../operation-queries.ts';

/** What matched when it was shown does not any more: other messages, or none. */
const DRIFTED: readonly OfficeError['code'][] = ['operation.selectionDrifted', 'operation.nothingSelected'];

interface Callbacks {
  onStarted: (operationId: string) => void;
  /** The selection is not what was shown: nothing was started, and it wants to be shown anew. */
  onDrifted: () => void;
}

interface StartOperation {
  start: (operation: NewOperation) => void;
  isStarting: boolean;
  error: Error | null;
}

/**
 * Hands an operation to the office. The same operation pressed again carries the same idempotency key, so that after
 * an answer that never came it is started at most once; a changed one has a key of its own.
 */
export function useStartOperation({ onStarted, onDrifted }: Callbacks): StartOperation {
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const last = useRef({ asked: '', key: '' });
  const isUnderway = useRef(false);
  const mutation = useMutation({
    mutationFn: (operation: NewOperation) => {
      const asked = JSON.stringify(operation);
      if (last.current.asked !== asked) last.current = { asked, key: newKey() };
      return guard(office.startOperation(operation, last.current.key));
    },
    onSuccess: (operation) => {
      takeOperation(queryClient, operation);
      void queryClient.invalidateQueries({ queryKey: ['messages'] });
      void queryClient.invalidateQueries({ queryKey: ['operations', 'getList'] });
      onStarted(operation.id);
    },
    onError: (error) => {
      if (error instanceof OfficeError && DRIFTED.includes(error.code)) onDrifted();
    },
    onSettled: () => {
      isUnderway.current = false;
    },
    retry: false,
  });
  const start = (operation: NewOperation) => {
    // The second press of a double click comes before the button knows of the first.
    if (isUnderway.current) return;
    isUnderway.current = true;
    mutation.mutate(operation);
  };
  return { start, isStarting: mutation.isPending, error: mutation.error };
}

/** `crypto.randomUUID` exists on https and localhost only; consoles are also opened by plain http in an intranet. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
