import { z } from 'zod';

import { watchUsage } from '../usage.ts';

const request = z.object({ id: z.number(), ask: z.string(), given: z.unknown() });
type Answers = Record<string, (given: unknown) => unknown>;

/**
 * The side of a contender's process: answers what `Contender.ask` asks, until the parent lets it go. `close` then frees
 * what it holds, so that the process ends by itself.
 */
export function serve(answers: Answers, close: () => Promise<void>): void {
  let usage: ReturnType<typeof watchUsage> | null = null;
  const all: Answers = {
    ...answers,
    beginUsage: () => {
      usage = watchUsage();
    },
    endUsage: () => usage?.end(),
  };
  process.on('message', (message) => {
    void reply(all, message);
  });
  process.on('disconnect', () => {
    void close();
  });
  // A Ctrl-C reaches the whole group: the parent ends, and lets go of this process.
  process.on('SIGINT', () => undefined);
}

async function reply(answers: Answers, message: unknown): Promise<void> {
  const { id, ask, given } = request.parse(message);
  try {
    process.send?.({ id, answer: await answers[ask]?.(given) });
  } catch (error) {
    process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
