import { describe, expect, it } from 'vitest';

import { parseFilterText } from './filter-text.ts';

const now = new Date(2026, 10, 22, 12, 0, 0);
const parse = (typed: string) => parseFilterText(typed, now);

describe('Typed filters', () => {
  it('become the filters of the address, a repeated field several values', () => {
    expect(
      parse('queue:orders.cancel error:TimeoutError order:ORD-20261122-000123 after:-2h queue:notice.send'),
    ).toEqual({
      changes: {
        queue: ['orders.cancel', 'notice.send'],
        errorType: ['TimeoutError'],
        orderId: ['ORD-20261122-000123'],
        failedAfter: ['-2h'],
      },
      faults: [],
    });
  });

  it('take values in quotes, colons in values, and Korean words', () => {
    expect(parse('error:"My Error" key:a:b 주문:ORD-1 이후:1d').changes).toEqual({
      errorType: ['My Error'],
      routingKey: ['a:b'],
      orderId: ['ORD-1'],
      failedAfter: ['-1d'],
    });
  });

  it('take words without a field as words of the error', () => {
    expect(parse('timed out after 12:30 http://x 시간초과')).toEqual({
      changes: { text: ['timed out after 12:30 http://x 시간초과'] },
      faults: [],
    });
  });

  it('take clock times and days in local time', () => {
    expect(parse('after:03:10 before:2026-11-22').changes).toEqual({
      failedAfter: [new Date(2026, 10, 22, 3, 10).toISOString()],
      failedBefore: [new Date(2026, 10, 22).toISOString()],
    });
  });

  it('explain what is no filter', () => {
    expect(parse('qeue:a colour:red queue: after:yesterday deaths:many reason:Rejected').faults).toEqual([
      { kind: 'unknownField', field: 'qeue', meant: 'queue' },
      { kind: 'unknownField', field: 'colour', meant: undefined },
      { kind: 'noValue', field: 'queue' },
      { kind: 'badValue', name: 'failedAfter', field: 'after', value: 'yesterday' },
      { kind: 'badValue', name: 'minFailureCount', field: 'deaths', value: 'many' },
    ]);
    expect(parse('reason:Rejected').changes).toEqual({ reason: ['rejected'] });
  });
});
