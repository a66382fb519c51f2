import type { SeededMessage, Seeder } from './seed-messages.ts';

/** Messages written by one transaction. */
const PORTION = 2_000;

/**
 * Seeds very many messages, each made when its portion's turn comes.
 *
 * @returns the ids, in the order of `index`.
 */
export async function seedInPortions(
  { seed }: Pick<Seeder, 'seed'>,
  count: number,
  messageAt: (index: number) => SeededMessage,
): Promise<string[]> {
  const ids: string[] = [];
  for (let from = 0; from < count; from += PORTION) {
    const size = Math.min(PORTION, count - from);
    ids.push(...(await seed(Array.from({ length: size }, (_, index) => messageAt(from + index)))));
  }
  return ids;
}
