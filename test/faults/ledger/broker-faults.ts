import { waitFor } from '../../support/services.ts';

import { needsOwn, type Fault } from './fault.ts';
import type { Stage } from './stage.ts';

const BOTH = ['classic', 'quorum'] as const;
const SIDES = ['intake', 'operations'] as const;
const TIMES = 5;

/** What befalls the broker, and the way to it. */
export const brokerFaults: readonly Fault[] = [
  {
    name: 'connection to the broker reset',
    sides: SIDES,
    queueTypes: BOTH,
    cause: async (stage) => {
      for (let time = 0; time < TIMES; time += 1) {
        stage.broker.cut();
        await stage.anyMoment(400);
      }
      return `${TIMES} times`;
    },
  },
  {
    name: 'what the office says does not reach the broker, then reset',
    sides: SIDES,
    queueTypes: BOTH,
    cause: (stage) => muffled(stage, 'toServer'),
  },
  {
    name: 'what the broker answers does not arrive, then reset',
    sides: SIDES,
    queueTypes: BOTH,
    cause: (stage) => muffled(stage, 'toClient'),
  },
  {
    name: 'connection to the broker half-open',
    sides: SIDES,
    queueTypes: BOTH,
    cause: (stage) => {
      stage.broker.strand();
      return Promise.resolve(undefined);
    },
  },
  {
    name: 'broker away',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: async (stage) => {
      await stage.broker.refuse();
      stage.broker.cut();
      await stage.last(5_000);
      await stage.broker.accept();
      return '5 s';
    },
  },
  {
    name: 'broker killed (kill -9)',
    sides: SIDES,
    queueTypes: BOTH,
    flow: 'before',
    hindrance: needsOwn,
    cause: async (stage) => {
      await stage.options.own?.broker.kill();
      await stage.options.own?.broker.start();
      return undefined;
    },
  },
  {
    name: 'broker restarted',
    sides: SIDES,
    queueTypes: BOTH,
    flow: 'before',
    hindrance: needsOwn,
    cause: async (stage) => {
      await stage.options.own?.broker.stop();
      await stage.options.own?.broker.start();
      return undefined;
    },
  },
  {
    name: 'memory alarm (connection.blocked)',
    sides: SIDES,
    queueTypes: ['classic'],
    flow: 'before',
    hindrance: needsOwn,
    cause: async (stage) => {
      const broker = stage.options.own?.broker;
      await broker?.control('set_vm_memory_high_watermark', '0.00001');
      await stage.last(5_000);
      await broker?.control('set_vm_memory_high_watermark', '0.6');
      return '5 s';
    },
  },
  {
    name: 'dead queue deleted and made again (consumer cancelled)',
    sides: ['intake'],
    queueTypes: BOTH,
    flow: 'before',
    messages: () => 600,
    cause: async (stage) => {
      await waitFor(() => stage.topology.deleteDeadQueue(), {
        deadlineMs: 30_000,
        describe: 'the dead queue to have nothing that waits',
      });
      await stage.last(1_000);
      await stage.topology.declare();
      await stage.bury(300);
      return undefined;
    },
  },
  {
    name: 'permissions withdrawn',
    sides: SIDES,
    queueTypes: ['classic'],
    cause: async (stage) => {
      await stage.account.withdraw();
      // What was allowed once stays allowed on a channel; a new one is asked again.
      stage.broker.cut();
      await stage.last(4_000);
      await stage.account.giveBack();
      return '4 s';
    },
  },
  {
    name: 'vhost shut to the office',
    sides: SIDES,
    queueTypes: ['quorum'],
    cause: async (stage) => {
      await stage.account.shutOut();
      stage.broker.cut();
      await stage.last(4_000);
      await stage.account.giveBack();
      return '4 s';
    },
  },
  {
    name: 'channel closed by the broker (delivery ack timeout)',
    sides: ['intake'],
    queueTypes: BOTH,
    hindrance: needsOwn,
    prepare: async (stage) => {
      const broker = stage.options.own?.broker;
      const set = (name: string, ms: number) => broker?.control('eval', `application:set_env(rabbit, ${name}, ${ms}).`);
      await set('channel_tick_interval', 500);
      await set('consumer_timeout', 1_500);
      stage.undo(async () => {
        await set('channel_tick_interval', 60_000);
        await set('consumer_timeout', 1_800_000);
      });
    },
    cause: async (stage) => {
      stage.storage.stall();
      await stage.last(6_000);
      stage.storage.flow();
      return undefined;
    },
  },
];

/** One direction holds everything back for a moment, and the connection is reset with it. */
async function muffled(stage: Stage, direction: 'toServer' | 'toClient'): Promise<string> {
  for (let time = 0; time < TIMES; time += 1) {
    stage.broker.stall(direction);
    await stage.anyMoment(600);
    stage.broker.cut();
    stage.broker.flow();
    await stage.anyMoment(400);
  }
  return `${TIMES} times`;
}
