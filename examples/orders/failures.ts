import type { ChannelModel, ConsumeMessage } from 'amqplib';
import { z } from 'zod';
import { FAULTS } from './faults.ts';
import type { FaultName } from './faults.ts';
import type { Names } from './topology.ts';

/** What waits to be counted is bounded, should counting ever be slower than failing. */
const MAX_WAITING = 1_000;

export interface FailureTally {
  /** Dead messages since the start, by cause. */
  byFault(): Record<FaultName, number>;
  total(): number;
  /** Begins counting on this connection, by a queue that lives as long as it does. */
  attach(connection: ChannelModel, names: Names): Promise<void>;
}

const deathSchema = z.object({
  'x-death': z.tuple([z.object({ queue: z.string(), reason: z.string() })], z.unknown()),
});
const conventionSchema = z.object({ 'x-failure-queue': z.string(), 'x-failure-type': z.string() });

/** Which queue a dead message failed in, and its sign: the error's type, or the broker's reason. */
export function signOf(headers: unknown): { queue: string; sign: string } | null {
  const convention = conventionSchema.safeParse(headers);
  if (convention.success) {
    return { queue: convention.data['x-failure-queue'], sign: convention.data['x-failure-type'] };
  }
  const death = deathSchema.safeParse(headers);
  if (!death.success) return null;
  const [{ queue, reason }] = death.data['x-death'];
  return { queue, sign: reason };
}

/** Counts what dies, from copies of its own: the dead queues belong to the office. */
export function createFailureTally(): FailureTally {
  const counts = new Map<FaultName, number>();
  let total = 0;
  const count = (message: ConsumeMessage | null, names: Names) => {
    if (message === null) return;
    total += 1;
    const found = signOf(message.properties.headers);
    const fault = FAULTS.find(({ queue, sign }) => names.routes[queue].queue === found?.queue && sign === found.sign);
    if (fault !== undefined) counts.set(fault.name, (counts.get(fault.name) ?? 0) + 1);
  };
  return {
    byFault: () => {
      const entries = FAULTS.map(({ name }): [FaultName, number] => [name, counts.get(name) ?? 0]);
      return Object.fromEntries(entries) as Record<FaultName, number>;
    },
    total: () => total,
    attach: async (connection, names) => {
      const channel = await connection.createChannel();
      channel.on('error', () => undefined);
      const { queue } = await channel.assertQueue('', {
        exclusive: true,
        durable: false,
        arguments: { 'x-queue-type': 'classic', 'x-max-length': MAX_WAITING },
      });
      for (const deadQueue of Object.values(names.deadQueues)) await channel.bindQueue(queue, names.dead, deadQueue);
      const onMessage = (message: ConsumeMessage | null) => {
        count(message, names);
      };
      await channel.consume(queue, onMessage, { noAck: true, exclusive: true });
    },
  };
}
