import { describe, expect, it } from 'vitest';

import { countedOn, delayAfter, OF_ADDRESS, OF_USERNAME } from '../../../server/access/sign-in-delays.ts';

describe('What waits after failed sign-ins', () => {
  it('doubles from the fifth of a username on, and is a quarter of an hour at most', () => {
    const seconds = Array.from({ length: 16 }, (_, index) => delayAfter(index + 1, OF_USERNAME) / 1000);
    expect(seconds).toEqual([0, 0, 0, 0, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]);
    expect(delayAfter(4_000_000_000, OF_USERNAME)).toBe(900_000);
  });

  it('is a minute at most for an address, behind which others may be', () => {
    expect(delayAfter(29, OF_ADDRESS)).toBe(0);
    expect(delayAfter(30, OF_ADDRESS)).toBe(1_000);
    expect(delayAfter(1_000_000, OF_ADDRESS)).toBe(60_000);
  });

  it('is forgotten when nothing failed for a day, at an address for an hour', () => {
    expect(countedOn(7, 24 * 3_600_000, OF_USERNAME)).toBe(8);
    expect(countedOn(7, 24 * 3_600_000 + 1, OF_USERNAME)).toBe(1);
    expect(countedOn(7, 3_600_001, OF_ADDRESS)).toBe(1);
  });

  it('leaves no more than a hundred tries a day', () => {
    const rule = OF_USERNAME;
    let [spentMs, tries] = [0, 0];
    while (spentMs < 24 * 3_600_000) {
      tries += 1;
      spentMs += delayAfter(tries, rule);
    }
    // The first day has the free ones on top.
    expect(tries).toBeLessThanOrEqual(110);
  });
});
