import { describe, expect, it } from 'vitest';

import { parseOrderList } from './order-list.ts';

describe('A pasted list of orders', () => {
  it('is read from lines, commas, tabs and a spreadsheet, each order once', () => {
    expect(parseOrderList('ORD-1\r\nORD-2, ORD-3\tORD-4;ORD-1\n\n "ORD-5" \n')).toEqual({
      orderIds: ['ORD-1', 'ORD-2', 'ORD-3', 'ORD-4', 'ORD-5'],
      repeated: 1,
      tooLong: [],
    });
  });

  it('keeps what may be in an order ID, and says what cannot be one', () => {
    const long = '주'.repeat(64);
    expect(parseOrderList(`A/B 100%\n${long}`)).toEqual({ orderIds: ['A/B 100%'], repeated: 0, tooLong: [long] });
    expect(parseOrderList(' \n,\t').orderIds).toEqual([]);
  });
});
