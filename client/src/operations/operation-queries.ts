import type { QueryClient, UseQueryResult } from '@tanstack/react-query';

import { ENDED_OPERATION_STATUSES, OPERATION_STATUSES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { may } from '../../../server/contract/access.ts';
import type { Identity } from '../api/auth-provider.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useLive, usePolling } from '../live/live-context.ts';

const ACTIVE_STATUSES = OPERATION_STATUSES.filter((status) => !(ENDED_OPERATION_STATUSES as string[]).includes(status));

export const operationKey = (id: string): readonly unknown[] => ['operations', 'one', id];
const RUNNING_KEY = ['operations', 'running'] as const;

export function isEnded({ status }: Pick<Operation, 'status'>): boolean {
  return (ENDED_OPERATION_STATUSES as string[]).includes(status);
}

/** How many items have had their turn. */
export function doneCount({ outcomes }: Pick<Operation, 'outcomes'>): number {
  return Object.values(outcomes).reduce((sum, count) => sum + count, 0);
}

/** How many of those that it delivered have neither come back nor settled. One that was taken for lost can come back too. */
export function openCount({ outcomes, cameBack, settled }: Operation): number {
  return Math.max(0, outcomes.confirmed - cameBack - settled);
}

/** Puts what an answer or an event says of an operation into every place that shows it. */
export function takeOperation(queryClient: QueryClient, operation: Operation): void {
  queryClient.setQueryData(operationKey(operation.id), operation);
  queryClient.setQueryData<Operation[]>(RUNNING_KEY, (running = []) => {
    const others = running.filter(({ id }) => id !== operation.id);
    return isEnded(operation) ? others : [...others, operation];
  });
}

/**
 * One operation, followed to its end: by events where the stream is open, else by asking. What becomes of a resend
 * afterwards is asked for until each message has come back or settled.
 */
export function useOperation(id: string | undefined): UseQueryResult<Operation> {
  const { connected, live } = useLive();
  return useOfficeQuery(operationKey(id ?? ''), (signal) => office.operation(id ?? '', signal), {
    enabled: id !== undefined,
    refetchInterval: ({ state: { data } }) => {
      if (data && isEnded(data)) return live && data.action === 'resend' && openCount(data) > 0 ? 5000 : false;
      return connected ? 5000 : 1000;
    },
  });
}

/** Whether it waits for a second person, and this user may be that. */
export function isMineToDecide({ status, actor }: Pick<Operation, 'status' | 'actor'>, user?: Identity): boolean {
  if (status !== 'awaitingApproval' || user === undefined) return false;
  return actor !== user.fullName && may(user, 'operations.approve');
}

/** The operations that have not ended. */
export function useRunningOperations(): Operation[] {
  const { connected } = useLive();
  const answer = useOfficeQuery(
    RUNNING_KEY,
    async (signal) => (await office.list('operations', { status: ACTIVE_STATUSES, perPage: 50 }, signal)).data,
    { refetchInterval: usePolling(connected ? 20_000 : 3000) },
  );
  return answer.data ?? [];
}
