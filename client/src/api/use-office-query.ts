import { keepPreviousData, useQuery, type UseQueryOptions, type UseQueryResult } from '@tanstack/react-query';

import { useSessionGuard } from './use-session-guard.ts';

type Options<T> = Omit<UseQueryOptions<T>, 'queryKey' | 'queryFn'> & { keepPrevious?: boolean };

/** A read from the office under the session guard. Asked once: the screens themselves say what to do when it fails. */
export function useOfficeQuery<T>(
  key: readonly unknown[],
  ask: (signal: AbortSignal) => Promise<T>,
  { keepPrevious = false, ...options }: Options<T> = {},
): UseQueryResult<T> {
  const guard = useSessionGuard();
  return useQuery<T>({
    queryKey: key,
    queryFn: ({ signal }) => guard(ask(signal)),
    retry: false,
    ...(keepPrevious ? { placeholderData: keepPreviousData } : {}),
    ...options,
  });
}
