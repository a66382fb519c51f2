import type { Fault } from './fault.ts';

const BOTH = ['classic', 'quorum'] as const;

/** What befalls the office itself. */
export const officeFaults: readonly Fault[] = [
  {
    name: 'office killed',
    sides: ['intake'],
    queueTypes: BOTH,
    short: true,
    messages: (rounds) => Math.max(1_000, 200 * rounds),
    cause: async (stage) => {
      const { rounds } = stage.options;
      for (let round = 0; round < rounds; round += 1) {
        await stage.anyMoment(300);
        await stage.killOldest();
        const office = stage.start();
        if (round < rounds - 1) await office.ready();
      }
      return `${rounds} times`;
    },
  },
  {
    name: 'office killed',
    sides: ['operations'],
    queueTypes: BOTH,
    short: true,
    messages: (rounds) => Math.max(1_000, 60 * rounds),
    operations: 30,
    cause: async (stage) => {
      const { rounds } = stage.options;
      for (let round = 0; round < rounds; round += 1) {
        await stage.anyMoment(300);
        await stage.killOldest();
        const office = stage.start();
        if (round < rounds - 1) await office.ready();
      }
      return `${rounds} times`;
    },
  },
];
