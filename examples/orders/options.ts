import { parseArgs } from 'node:util';
import { z } from 'zod';

export const USAGE = `The example pipeline: order cancellations, with real failures.

  run                  start the pipeline (what happens without a command)
  status               what is broken, what failed, what was processed
  fix CAUSE… | all     fix causes of failure in the running pipeline
  break CAUSE… | all   break them again

Options of run:
  --business-workers N      workers that cancel, refund, restock (default 1)
  --notification-workers N  workers that send notices (default 1)
  --consumers N             consumers per worker and queue (default 1)
  --interval SECONDS        between two good orders (default 5)
  --failure-interval SECONDS  between two orders that meet a broken cause (default 20)
  --max-dead N              messages in the dead queues that stop new orders (default 200)
  --no-stream               send no orders by itself
  --prefix TEXT             before every exchange and queue name (default none)

Environment: AMQP_URL (required by run), EXAMPLE_PORT (default 0: a free one), EXAMPLE_STATE_FILE (where run writes its
address and the other commands look for it, default .local/example.json for the latter), CONSOLE_URL (for a link).
`;

const count = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const seconds = z.coerce
  .number()
  .min(0.05)
  .max(86_400)
  .transform((value) => value * 1_000);

const optionsSchema = z.object({
  'business-workers': count(0, 50).default(1),
  'notification-workers': count(0, 50).default(1),
  consumers: count(1, 50).default(1),
  interval: seconds.default(5_000),
  'failure-interval': seconds.default(20_000),
  'max-dead': count(1, 1_000_000).default(200),
  'no-stream': z.boolean().default(false),
  prefix: z
    .string()
    .regex(/^[\w.-]{0,50}$/, 'letters, digits, dots, dashes')
    .default(''),
});

const environmentSchema = z.object({
  AMQP_URL: z.string({ error: 'is not set' }).regex(/^amqps?:\/\//, 'begins with amqp:// or amqps://'),
  EXAMPLE_PORT: count(0, 65_535).default(0),
  EXAMPLE_STATE_FILE: z.string().min(1).optional(),
  CONSOLE_URL: z.url({ protocol: /^https?$/, error: 'is an http address' }).optional(),
});

export type RunSettings = z.infer<typeof optionsSchema> & z.infer<typeof environmentSchema>;

/** The settings of `run`, or every problem with them at once. */
export function readRunSettings(
  args: string[],
  environment: NodeJS.ProcessEnv,
): { settings: RunSettings } | { problems: string[] } {
  let values: Record<string, unknown>;
  try {
    ({ values } = parseArgs({
      args,
      options: Object.fromEntries(
        Object.keys(optionsSchema.shape).map((name) => [
          name,
          { type: name === 'no-stream' ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
    }));
  } catch (error) {
    return { problems: [error instanceof Error ? error.message : String(error)] };
  }
  // An empty variable is one that is not set.
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const options = optionsSchema.safeParse(values);
  const variables = environmentSchema.safeParse(set);
  if (options.success && variables.success) return { settings: { ...options.data, ...variables.data } };
  return {
    problems: [
      ...(options.error?.issues ?? []).map(({ path, message }) => `--${path.join('.')}: ${message}`),
      ...(variables.error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`),
    ],
  };
}
