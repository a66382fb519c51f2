import { describe, expect, test } from 'vitest';

import { catalogue } from './ledger/catalogue.ts';
import { holds, type QueueType, type Side } from './ledger/ledger-row.ts';
import { partsOf, play } from './ledger/play.ts';

/** Some rows of `npm run faults`, each small: what has found the most, and what changes of the code are likeliest to break. */
const ROWS: readonly (readonly [fault: string, side: Side, queueType: QueueType])[] = [
  ['office killed (kill -9), again and again', 'intake', 'quorum'],
  ['office killed (kill -9), again and again', 'operations', 'classic'],
  ['office killed while it migrates', 'intake', 'classic'],
  ['what the office says does not reach the broker, then reset', 'intake', 'classic'],
  ['what the broker answers does not arrive, then reset', 'intake', 'quorum'],
  ['what the broker answers does not arrive, then reset', 'operations', 'classic'],
  ['what the database answers does not arrive, then cut (commits in doubt)', 'intake', 'classic'],
  ['one message in a hundred that the database refuses', 'intake', 'quorum'],
];
const SIZE = { messages: 400, rounds: 2, patient: false, own: null };

describe('nothing is lost and nothing doubled', () => {
  test.each(ROWS)('%s: %s, %s queues', { timeout: 120_000 }, async (name, side, queueType) => {
    const part = partsOf(catalogue).find(
      (one) => one.fault.name === name && one.side === side && one.queueType === queueType,
    );
    if (part === undefined) throw new Error(`There is no such row: ${name}, ${side}, ${queueType}`);
    const row = await play(part, SIZE);
    expect(row, row.note).toMatchObject({ lost: 0, doubled: 0 });
    expect(holds(row), row.note).toBe(true);
  });
});
