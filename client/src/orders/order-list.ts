import { MAX_ORDER_ID_BYTES } from '../../../server/contract/orders.ts';

export interface OrderList {
  orderIds: string[];
  /** How often an ID stood there again. */
  repeated: number;
  /** IDs that are longer than any that the office keeps. */
  tooLong: string[];
}

/** Order IDs out of whatever was pasted: one a line, commas, semicolons, tabs; a spreadsheet's quotes are taken off. */
export function parseOrderList(pasted: string): OrderList {
  const all = pasted
    .split(/[\n\r\t,;]+/)
    .map((one) =>
      one
        .trim()
        .replace(/^"(.*)"$/s, '$1')
        .trim(),
    )
    .filter((one) => one !== '');
  const different = [...new Set(all)];
  const encoder = new TextEncoder();
  const fits = (one: string) => encoder.encode(one).length <= MAX_ORDER_ID_BYTES;
  return {
    orderIds: different.filter(fits),
    repeated: all.length - different.length,
    tooLong: different.filter((one) => !fits(one)),
  };
}
