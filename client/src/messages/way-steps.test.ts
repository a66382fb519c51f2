import { describe, expect, it } from 'vitest';

import { fakeDetail, fakeMessage } from '../testing/fake-messages.ts';
import { wayLegs } from './way-steps.ts';

describe('The way of a message', () => {
  it('is one leg with a count for the same way again and again, and a new leg for another', () => {
    const [first, second, third] = fakeDetail(fakeMessage(2)).deaths;
    if (!first || !second || !third) throw new Error('The example died three times.');
    const elsewhere = { ...third, queue: 'other' };
    expect(wayLegs([first, second, elsewhere])).toMatchObject([
      { queue: 'refunds.process', times: 2 },
      { queue: 'other', times: 1 },
    ]);
  });
});
