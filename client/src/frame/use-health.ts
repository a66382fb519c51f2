import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';

import type { Readiness } from '../../../server/contract/schemas/system.ts';
import { office } from '../api/office.ts';
import { useLive } from '../live/live-context.ts';

/** The key under which it is kept. */
export const HEALTH = ['health'];

/** The event stream tells of changes; without it they have to be asked for. It costs the office next to nothing. */
const ASK_EVERY_MS = 5_000;
const ASK_ALONE_EVERY_MS = 1_000;

export interface Health {
  readiness: Readiness | undefined;
  /** Since when the office itself has not answered. */
  unreachableSince: Date | undefined;
}
export interface Trouble {
  kind: 'officeAway' | 'databaseAway' | 'migrations' | 'brokerAway';
  since: Date | undefined;
}

/** Asks the office how it is, also while the user has paused: a banner that is late is worse than one that moves. */
export function useHealth(): Health {
  const failedSince = useRef<Date>(undefined);
  const { connected } = useLive();
  const answer = useQuery({
    queryKey: HEALTH,
    queryFn: async ({ signal }): Promise<Health> => {
      try {
        const readiness = await office.readiness(signal);
        failedSince.current = undefined;
        return { readiness, unreachableSince: undefined };
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error;
        failedSince.current ??= new Date();
        return { readiness: undefined, unreachableSince: failedSince.current };
      }
    },
    refetchInterval: connected ? ASK_EVERY_MS : ASK_ALONE_EVERY_MS,
    retry: false,
  });
  return answer.data ?? { readiness: undefined, unreachableSince: undefined };
}

/** Asks everything on the screen again when trouble has ended: what could not be loaded comes back by itself. */
export function useRecovery(kind: Trouble['kind'] | undefined): void {
  const queryClient = useQueryClient();
  const before = useRef(kind);
  useEffect(() => {
    if (before.current !== undefined && kind === undefined) void queryClient.invalidateQueries();
    before.current = kind;
  }, [kind, queryClient]);
}

/** The one thing to tell: the gravest, because what is under it follows from it. */
export function worst(readiness: Readiness | undefined, unreachableSince: Date | undefined): Trouble | undefined {
  if (unreachableSince) return { kind: 'officeAway', since: unreachableSince };
  if (!readiness) return undefined;
  const { database, migrations, broker } = readiness.checks;
  if (!database.ok) return { kind: 'databaseAway', since: dateOf(database.since) };
  if (!migrations.ok) return { kind: 'migrations', since: dateOf(migrations.since) };
  if (!broker.ok) return { kind: 'brokerAway', since: dateOf(broker.since) };
  return undefined;
}

function dateOf(since: string | undefined): Date | undefined {
  return since === undefined ? undefined : new Date(since);
}
