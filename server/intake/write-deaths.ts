import type { Transaction } from '../database/connect.ts';
import { insertDeaths, insertMessages, type ArrivalBatch, type NewDeath } from '../messages/arrivals-store.ts';
import { returnMessages, type ReturnedDeath } from '../messages/come-back-store.ts';
import { addFailureCounts } from '../messages/failure-counts.ts';

import { tellReturns, type FreshDeaths } from './come-back.ts';

/** Gives ids to deaths and their envelopes, which are contents alone and come last: the ids of deaths follow each other. */
export function numberDeaths(deaths: readonly NewDeath[], firstId: bigint): void {
  const envelopes = deaths.flatMap(({ envelope }) => (envelope === null ? [] : [envelope]));
  [...deaths, ...envelopes].forEach((numbered, index) => {
    numbered.id = firstId + BigInt(index);
  });
}

/** How many ids `numberDeaths` needs. */
export function idsOfDeaths(deaths: readonly NewDeath[]): number {
  return deaths.length + deaths.filter(({ envelope }) => envelope !== null).length;
}

/** What was written, to be counted. */
export interface WrittenDeaths {
  firsts: NewDeath[];
  returned: ReturnedDeath[];
}

/** Writes the deaths of one batch, numbered: new messages, and further deaths of those that came back. */
export async function writeDeaths(
  transaction: Transaction,
  row: ArrivalBatch,
  given: FreshDeaths,
): Promise<WrittenDeaths> {
  const { firsts, returned } = await tellReturns(transaction, given);
  await insertDeaths(transaction, row, given.deaths);
  await insertMessages(transaction, row, firsts);
  await returnMessages(transaction, row, returned);
  return { firsts, returned };
}

/** The last statements of the transaction: see `addFailureCounts`. */
export async function countDeaths(
  transaction: Transaction,
  deadQueueId: string,
  { firsts, returned }: WrittenDeaths,
): Promise<void> {
  const counted = ({ fingerprintId }: NewDeath) => ({ deadQueueId, fingerprintId });
  await addFailureCounts(transaction, 'arrived', firsts.map(counted));
  await addFailureCounts(
    transaction,
    'came_back',
    returned.map(({ death }) => counted(death)),
  );
}
