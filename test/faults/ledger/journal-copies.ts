import { Journal } from '../../../server/intake/journal.ts';

import { numberOf } from './book.ts';
import type { Found } from './tally.ts';

/** What lies in the intake journal and is not registered yet. */
export async function journalCopies(directory: string): Promise<Found[]> {
  const journal = new Journal({ directory, instanceId: '0' });
  const found: Found[] = [];
  for (const file of await journal.files()) {
    for await (const { body } of journal.openEntries(file)) found.push({ number: numberOf(body), marked: false });
  }
  return found;
}
