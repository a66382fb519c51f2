import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useBlocked } from '../session/use-user.ts';
import { useSay } from '../show/use-say.ts';
import { takeOperation } from './operation-queries.ts';

export type Steer = 'pause' | 'resume' | 'cancel' | { ratePerSecond: number | null };

export interface Steering {
  steer: (how: Steer, onDone?: () => void) => void;
  isSteering: boolean;
  /** Why this user may not; undefined where they may. */
  blocked: string | undefined;
}

/** Pauses, resumes, cancels, or changes the pace of an operation; what the office answers is shown at once. */
export function useSteering(operation: Operation): Steering {
  const blocked = useBlocked('messages.act');
  const guard = useSessionGuard();
  const queryClient = useQueryClient();
  const say = useSay();
  const mutation = useMutation({
    mutationFn: (how: Steer) =>
      guard(
        typeof how === 'string'
          ? office.steerOperation(operation.id, how)
          : office.changeRate(operation.id, how.ratePerSecond),
      ),
    onSuccess: (changed) => {
      takeOperation(queryClient, changed);
    },
    onError: say.failed,
    onSettled: () => {
      void queryClient.invalidateQueries({ queryKey: ['operations'] });
    },
  });
  return {
    steer: (how, onDone) => {
      mutation.mutate(how, onDone ? { onSettled: onDone } : {});
    },
    isSteering: mutation.isPending,
    blocked,
  };
}
