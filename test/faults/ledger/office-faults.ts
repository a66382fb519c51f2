import { waitFor } from '../../support/services.ts';

import type { Fault } from './fault.ts';
import type { Stage } from './stage.ts';

const BOTH = ['classic', 'quorum'] as const;
const HOUR_MS = 3_600_000;

/** What befalls the office itself. */
export const officeFaults: readonly Fault[] = [
  {
    name: 'office killed (kill -9), again and again',
    sides: ['intake'],
    queueTypes: BOTH,
    messages: ({ rounds }) => Math.max(1_000, 200 * rounds),
    cause: killAgainAndAgain,
  },
  {
    name: 'office killed (kill -9), again and again',
    sides: ['operations'],
    queueTypes: BOTH,
    messages: ({ rounds }) => Math.max(1_000, 60 * rounds),
    operations: 30,
    cause: killAgainAndAgain,
  },
  {
    name: 'office killed while it migrates',
    sides: ['intake'],
    queueTypes: ['classic'],
    messages: () => 1_000,
    prepare: async (stage) => {
      for (let round = 0; round < stage.options.rounds; round += 1) {
        const office = stage.start();
        await waitFor(() => office.url(), {
          deadlineMs: 30_000,
          describe: () => `an office to listen: ${office.said()}`,
        });
        await stage.anyMoment(250);
        await stage.killOldest();
      }
    },
    cause: (stage) => Promise.resolve(`${stage.options.rounds} times`),
  },
  {
    name: 'one of three instances killed',
    sides: ['intake', 'operations'],
    queueTypes: BOTH,
    instances: 3,
    cause: async (stage) => {
      await stage.kill(await stage.atWork());
      return undefined;
    },
  },
  {
    name: 'one of two instances asleep (SIGSTOP) beyond its lease',
    sides: ['intake', 'operations'],
    queueTypes: BOTH,
    instances: 2,
    cause: async (stage) => {
      const seconds = stage.options.patient ? 60 : 20;
      const sleeper = await stage.atWork();
      sleeper.sleep();
      await stage.last(seconds * 1_000);
      sleeper.wake();
      return `${seconds} s`;
    },
  },
  {
    name: "office's clock an hour ahead, then an hour behind",
    sides: ['intake', 'operations'],
    queueTypes: ['classic'],
    cause: async (stage) => {
      for (const ms of [HOUR_MS, -HOUR_MS]) {
        for (const office of stage.offices) office.setClock(ms);
        await stage.last(700);
      }
      return undefined;
    },
  },
];

async function killAgainAndAgain(stage: Stage): Promise<string> {
  const { rounds } = stage.options;
  for (let round = 0; round < rounds; round += 1) {
    await stage.anyMoment(300);
    await stage.killOldest();
    const office = stage.start();
    if (round < rounds - 1) await office.ready();
  }
  return `${rounds} times`;
}
