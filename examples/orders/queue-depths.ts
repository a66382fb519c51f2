import type { ChannelModel, RecoveringChannelModel } from 'amqplib';
import type { Names } from './topology.ts';

/** How often the queues are looked at (ms). */
const INTERVAL = 10_000;

/** Messages that wait, by queue; null where the queue could not be asked. */
export type Depths = Record<string, number | null>;

export interface QueueDepths {
  /** As last seen. */
  dead(): Depths;
  work(): Depths;
  refresh(): Promise<void>;
  stop(): void;
}

/** Asks the broker every 10 s, with passive declares alone: the management API is not needed. */
export function watchQueueDepths(
  connection: Pick<ChannelModel | RecoveringChannelModel, 'createChannel'>,
  names: Names,
): QueueDepths {
  const deadNames = Object.values(names.deadQueues);
  const workNames = [...new Set(Object.values(names.routes).map(({ queue }) => queue))];
  let dead: Depths = {};
  let work: Depths = {};
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const refresh = async () => {
    dead = await readDepths(connection, deadNames);
    work = await readDepths(connection, workNames);
  };
  const loop = () => {
    void refresh()
      // The broker is away: what was seen last stays until it is back.
      .catch(() => undefined)
      .finally(() => {
        if (!stopped) timer = setTimeout(loop, INTERVAL);
      });
  };
  loop();
  return {
    dead: () => dead,
    work: () => work,
    refresh,
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

/** Why no further orders should come in, or null: full dead queues (the office is away) or work that piles up. */
export function obstacleIn(
  depths: Pick<QueueDepths, 'dead' | 'work'>,
  maxDead: number,
  maxWork: number,
): string | null {
  const dead = total(depths.dead());
  if (dead >= maxDead) return `${dead} messages wait in the dead queues; is the office away?`;
  const work = total(depths.work());
  return work >= maxWork ? `${work} messages wait for the workers` : null;
}

function total(depths: Depths): number {
  return Object.values(depths).reduce((sum: number, depth) => sum + (depth ?? 0), 0);
}

async function readDepths(
  connection: Pick<ChannelModel | RecoveringChannelModel, 'createChannel'>,
  queues: string[],
): Promise<Depths> {
  const channel = await connection.createChannel();
  channel.on('error', () => undefined);
  const depths: Depths = Object.fromEntries(queues.map((queue) => [queue, null]));
  try {
    for (const queue of queues) depths[queue] = (await channel.checkQueue(queue)).messageCount;
    await channel.close();
  } catch {
    // A queue that is gone closes the channel; the rest stays unknown until the next look.
  }
  return depths;
}
