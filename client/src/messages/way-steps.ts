import type { FailureReason } from '../../../server/contract/messages.ts';
import type { Death, TimelineEntry } from '../../../server/contract/schemas/messages.ts';

type OperationEntry = Extract<TimelineEntry, { kind: 'operation' }>;

/** One way that a message took to the dead queue, how often it took it in a row, and what was done to it meanwhile. */
export interface WayLeg {
  exchange: string | null;
  routingKeys: readonly string[];
  queue: string | null;
  reason: FailureReason;
  /** Null: one that the user does not see. Then nothing else is known of this leg. */
  deadQueue: string | null;
  /** When it arrived in the dead queue: one or more, oldest first. */
  arrivedAt: readonly string[];
  acts: readonly WayAct[];
}

/** An operation on the message, and what became of it. */
export interface WayAct {
  /** Null: one that the user does not see. */
  operationId: string | null;
  /** Undefined until the history is loaded, and where it is too long: then only that it came back is known. */
  entry: OperationEntry | undefined;
  cameBackAt: string | undefined;
  settledAt: string | undefined;
}

/**
 * The way of a message from its deaths and what was done to it, oldest first. The same way again and again is one leg;
 * the acts of a leg are those until the next other one begins.
 *
 * @param deaths Oldest first.
 * @param entries The history, oldest first; empty until it is loaded.
 */
export function wayLegs(deaths: readonly Death[], entries: readonly TimelineEntry[] = []): WayLeg[] {
  const legs: { leg: Omit<WayLeg, 'arrivedAt' | 'acts'>; arrivedAt: string[]; acts: WayAct[] }[] = [];
  const acts = entries.filter((entry) => entry.kind === 'operation');
  const settled = new Map(
    entries.flatMap((entry) =>
      entry.kind === 'settled' && entry.operationId !== null ? [[entry.operationId, entry.at] as const] : [],
    ),
  );
  let nextAct = 0;
  const actsUntil = (death: Death | undefined) => {
    const last = legs.at(-1);
    for (let entry = acts[nextAct]; entry && isBefore(entry, death); entry = acts[(nextAct += 1)]) {
      const { operationId } = entry;
      last?.acts.push({ operationId, entry, cameBackAt: undefined, settledAt: settled.get(operationId ?? '') });
    }
  };
  for (const death of deaths) {
    actsUntil(death);
    const last = legs.at(-1);
    if (last && cameBack(death)) {
      const act = legs.flatMap((leg) => leg.acts).find((one) => isOpen(one, death.operationId));
      if (act) act.cameBackAt = death.arrivedAt;
      else last.acts.push(cameBackFrom(death.operationId, death.arrivedAt));
    }
    if (last && isSameWay(last.leg, death)) last.arrivedAt.push(death.arrivedAt);
    else {
      const { exchange, routingKeys, queue, reason, deadQueue } = death;
      legs.push({ leg: { exchange, routingKeys, queue, reason, deadQueue }, arrivedAt: [death.arrivedAt], acts: [] });
    }
  }
  actsUntil(undefined);
  return legs.map(({ leg, arrivedAt, acts: done }) => ({ ...leg, arrivedAt, acts: done }));
}

/** At the same millisecond the act was first: it is what brought the message back. */
function isBefore(entry: OperationEntry, death: Death | undefined): boolean {
  if (death === undefined || entry.at < death.arrivedAt) return true;
  return cameBack(death) && death.operationId === entry.operationId;
}

/** Also from an operation that the user does not see. */
function cameBack(death: Death): boolean {
  return death.operationId !== null || death.recognisedBy !== null;
}

function isOpen(act: WayAct, operationId: string | null): boolean {
  return act.operationId === operationId && act.cameBackAt === undefined;
}

function cameBackFrom(operationId: string | null, at: string): WayAct {
  return { operationId, entry: undefined, cameBackAt: at, settledAt: undefined };
}

function isSameWay(leg: Omit<WayLeg, 'arrivedAt' | 'acts'>, death: Death): boolean {
  return (
    leg.exchange === death.exchange &&
    leg.queue === death.queue &&
    leg.reason === death.reason &&
    leg.deadQueue === death.deadQueue &&
    leg.routingKeys.join('\u0000') === death.routingKeys.join('\u0000')
  );
}
