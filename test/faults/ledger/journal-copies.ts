import { Journal } from '../../../server/intake/journal.ts';

import { numberOf } from './book.ts';
import type { Found } from './tally.ts';

/** What lies in the intake journal and is not registered yet. */
export async function journalCopies(directory: string): Promise<Found[]> {
  const journal = new Journal({ directory, instanceId: '0' });
  await journal.refresh(() => true);
  const found: Found[] = [];
  for (const entry of journal.index.entries()) {
    const read = await journal.read(entry);
    if ('delivery' in read) found.push({ number: numberOf(read.delivery.body), marked: false });
  }
  return found;
}
