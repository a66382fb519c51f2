import type { FailureReason } from '../../../server/contract/messages.ts';
import type { Death } from '../../../server/contract/schemas/messages.ts';

/** One way that a message took to the dead queue, and how often it took it in a row. */
export interface WayLeg {
  exchange: string | null;
  routingKeys: readonly string[];
  queue: string | null;
  reason: FailureReason;
  deadQueue: string;
  times: number;
}

/** Deaths, oldest first, as legs: the same way again and again is one leg with a count. */
export function wayLegs(deaths: readonly Death[]): WayLeg[] {
  const legs: WayLeg[] = [];
  for (const { exchange, routingKeys, queue, reason, deadQueue } of deaths) {
    const last = legs.at(-1);
    const same =
      last &&
      last.exchange === exchange &&
      last.queue === queue &&
      last.reason === reason &&
      last.deadQueue === deadQueue &&
      last.routingKeys.join('\u0000') === routingKeys.join('\u0000');
    if (same) last.times += 1;
    else legs.push({ exchange, routingKeys, queue, reason, deadQueue, times: 1 });
  }
  return legs;
}
