import { parseArgs } from 'node:util';

import { z } from 'zod';

const PARTS = ['intake', 'resend', 'burst', 'lists', 'console'] as const;
/** The console is looked at by itself: it wants many more messages than the others. */
const USUAL = PARTS.filter((part) => part !== 'console');
export type Part = (typeof PARTS)[number];

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);

const shape = z.object({
  only: z
    .string()
    .default(USUAL.join(','))
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(PARTS)))
    .refine((parts) => parts.length === 1 || !parts.includes('console')),
  rounds: count(1, 50).default(3),
  seconds: count(10, 86_400).default(240),
  intake: count(100, 1_000_000).default(20_000),
  naive: count(10, 1_000_000).default(2_000),
  resend: count(100, 10_000).default(10_000),
  burst: count(100, 1_000_000).default(50_000),
  rows: count(1_000, 10_000_000).optional(),
  profile: z.string().optional(),
});

/** What to measure and how much of it. */
export type BenchOptions = z.infer<typeof shape>;

export const USAGE = `npm run bench -- [OPTION…]
  --only PART,…   any of ${USUAL.join(', ')}; default: all of these. Or console, by itself
  --rounds N      rounds of intake and of resend, each contender once a round, and of the console; default 3
  --seconds N     no further round begins after so many seconds; default 240
  --intake N      dead letters taken in per round; default 20000
  --naive N       of these, for the naive way; default 2000
  --resend N      messages resent per round, at most 10000 (what one selection of ids holds); default 10000
  --burst N       dead letters at once; default 50000
  --rows N        stored messages; default 200000 for lists, 1000000 for console
  --profile DIR   writes a CPU profile of the office's process there, at the end`;

/** Returns null when the arguments make no sense. */
export function readOptions(args: string[]): BenchOptions | null {
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
