import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { Pace } from '../../../server/operations/pace.ts';

/** Sends `total` messages on a clock that only moves by waiting, and by what each portion takes. */
const run = (total: number, rate: number | null, portionTakesMs: number) => {
  let now = 1_000;
  const pace = new Pace(() => now);
  const sent: { at: number; count: number }[] = [];
  for (let left = total; left > 0;) {
    const count = Math.min(left, pace.portion(rate, 128));
    now += pace.take(count, rate);
    sent.push({ at: now, count });
    left -= count;
    now += portionTakesMs;
  }
  return sent;
};

describe('A pace', () => {
  it('lets everything go at once without a rate', () => {
    expect(run(300, null, 0)).toEqual([
      { at: 1_000, count: 128 },
      { at: 1_000, count: 128 },
      { at: 1_000, count: 44 },
    ]);
  });

  it('never sends more than the rate and one portion, in any stretch of time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2_000 }), fc.integer({ min: 0, max: 3_000 }), (rate, takes) => {
        const sent = run(Math.min(3 * rate, 2_000), rate, takes);
        for (const [from, first] of sent.entries()) {
          let count = 0;
          for (const portion of sent.slice(from)) {
            count += portion.count;
            const allowed = ((portion.at - first.at) / 1_000) * rate;
            expect(count).toBeLessThanOrEqual(allowed + portion.count + first.count + 1e-6);
          }
        }
      }),
    );
  });

  it('holds the rate when sending takes less time than waiting', () => {
    for (const rate of [1, 3, 10, 99, 400]) {
      const sent = run(rate * 10, rate, 1);
      const seconds = ((sent.at(-1)?.at ?? 0) - (sent[0]?.at ?? 0)) / 1_000;
      const counted = rate * 10 - (sent.at(-1)?.count ?? 0);
      expect(counted / seconds).toBeCloseTo(rate, 6);
    }
  });
});
