import { describe, expect, it } from 'vitest';

import { matchesScope } from '../../../server/access/scope.ts';

describe('A scope', () => {
  it.each([
    ['orders.*', 'orders.dead', true],
    ['orders.*', 'orders.', true],
    ['orders.*', 'orders', false],
    ['orders.*', 'payments.orders.dead', false],
    ['orders', 'orders', true],
    ['orders', 'orders.dead', false],
    ['*', '', true],
    ['*.dead', 'orders.dead', true],
    ['*.dead', 'orders.dead.parked', false],
    ['a*b*a', 'aba', true],
    ['a*b*a', 'ab', false],
    ['aa*aa', 'aaa', false],
    ['Orders.*', 'orders.dead', false],
    ['orders.?', 'orders.x', false],
    ['주문.*', '주문.dead', true],
  ])('%s: is %s in it? %s', (pattern, name, expected) => {
    expect(matchesScope([pattern], name)).toBe(expected);
  });

  it('takes no longer for a pattern of many stars', () => {
    expect(matchesScope([`${'*a'.repeat(100)}*b`], 'a'.repeat(255))).toBe(false);
  });

  it('without a pattern has nothing in it', () => {
    expect(matchesScope([], 'orders.dead')).toBe(false);
  });
});
