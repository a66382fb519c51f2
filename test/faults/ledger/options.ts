import { parseArgs } from 'node:util';

import { z } from 'zod';

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const shape = z.object({
  only: z
    .string()
    .transform((text) => text.split(','))
    .optional(),
  side: z.enum(['intake', 'operations']).optional(),
  rounds: count(1, 1_000).default(50),
  messages: count(100, 100_000).default(2_000),
  times: count(1, 100).default(1),
});

/** What to cause and how much of it. */
export type FaultOptions = z.infer<typeof shape>;

export const USAGE = `npm run faults -- [OPTION…]
  --only NAME,…   faults whose name begins with one of these; default: all
  --side SIDE     intake or operations alone
  --rounds N      rounds of what comes again and again, such as kill -9 of the office; default 50
  --messages N    messages of a row, where it does not need another number; default 2000
  --times N       the whole table so often; default 1`;

/** Returns null when the arguments make no sense. */
export function readOptions(args: string[]): FaultOptions | null {
  const string = { type: 'string' } as const;
  try {
    const { values } = parseArgs({
      args,
      options: Object.fromEntries(Object.keys(shape.shape).map((name) => [name, string])),
    });
    return shape.parse(values);
  } catch {
    return null;
  }
}
