import fc from 'fast-check';
import { expect, test } from 'vitest';

import { AckLedger } from '../../../server/intake/ack-ledger.ts';

test('an ack reaches only as far as everything before it is stored', () => {
  const ledger = new AckLedger();
  for (let tag = 1; tag <= 6; tag += 1) ledger.delivered(tag);
  expect(ledger.stored([4, 5])).toBeNull();
  expect(ledger.stored([1])).toBe(1);
  expect(ledger.stored([2, 3])).toBe(5);
  expect(ledger.inHand).toBe(1);
  expect(ledger.stored([6])).toBe(6);
  expect(ledger.inHand).toBe(0);
});

test('in whatever order batches are stored: nothing unstored is ever acked, and in the end everything is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 20 }),
      fc.infiniteStream(fc.nat()),
      (sizes, picks) => {
        const ledger = new AckLedger();
        let next = 1;
        const batches = sizes.map((size) => Array.from({ length: size }, () => next++));
        for (let tag = 1; tag < next; tag += 1) ledger.delivered(tag);
        const stored = new Set<number>();
        let acked = 0;
        while (batches.length > 0) {
          const [batch = []] = batches.splice((picks.next().value as number) % batches.length, 1);
          for (const tag of batch) stored.add(tag);
          acked = ledger.stored(batch) ?? acked;
          for (let tag = 1; tag <= acked; tag += 1) expect(stored.has(tag)).toBe(true);
        }
        expect(acked).toBe(next - 1);
      },
    ),
  );
});
