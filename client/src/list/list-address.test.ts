import { describe, expect, it } from 'vitest';

import { absoluteTime, messageQuery, MESSAGE_LIST } from '../messages/message-list-spec.ts';
import { changed, nextPage, previousPage, readAddress, writeAddress, type ListAddress } from './list-address.ts';

const read = (search: string) => readAddress(new URLSearchParams(search), MESSAGE_LIST);
const write = (address: ListAddress) => writeAddress(address, MESSAGE_LIST).toString();

describe('The address of a list', () => {
  it('holds filters, order and page in the names of the API, and leaves out what is the default', () => {
    const search = 'status=resent&orderId=ORD-1&queue=a&queue=b&sort=failedAt&perPage=50&page=3';
    expect(read(search)).toMatchObject({
      filter: { status: ['resent'], orderId: ['ORD-1'], queue: ['a', 'b'] },
      sort: 'failedAt',
      perPage: 50,
      page: 3,
    });
    expect(write(read(search))).toBe('status=resent&orderId=ORD-1&queue=a&queue=b&sort=failedAt&perPage=50&page=3');
    expect(write(read('sort=-failedAt&perPage=25&page=1'))).toBe('');
  });

  it('ignores what it does not know or cannot take', () => {
    expect(read('nonsense=1&sort=price&page=-2&perPage=abc')).toEqual(read(''));
    expect(read('perPage=100000').perPage).toBe(500);
  });

  it('starts at the first page again when anything but the page changes', () => {
    const deep = read('queue=a&page=7&after=c1');
    expect(write(changed(deep, { filter: { queue: ['b'] } }))).toBe('queue=b');
  });

  it('turns pages by number to the depth that numbers reach, and by cursor past it', () => {
    const last = read('perPage=100&page=100');
    expect(nextPage(last, {})).toBeUndefined();
    const deep = nextPage(last, { after: 'c9' });
    expect(deep && write(deep)).toBe('perPage=100&page=101&after=c9');
    const deeper = deep && nextPage(deep, { after: 'c10', before: 'b9' });
    expect(deeper && write(deeper)).toBe('perPage=100&page=102&after=c10');
    const back = deeper && previousPage(deeper, { before: 'b10' });
    expect(back && write(back)).toBe('perPage=100&page=101&before=b10');
    expect(back && write(previousPage(back, {}) ?? back)).toBe('perPage=100&page=100');
  });
});

describe('The filter of the desk', () => {
  const now = Date.parse('2026-11-22T03:10:42.500Z');

  it('asks for pending where no state is chosen, and for no state where all are', () => {
    expect(messageQuery({}, now)).toEqual({ status: 'pending' });
    expect(messageQuery({ status: ['all'], orderId: ['ORD-1'] }, now)).toEqual({ orderId: ['ORD-1'] });
  });

  it('counts a span back from now, and leaves a time as it is', () => {
    expect(absoluteTime('-2h', now)).toBe('2026-11-22T01:10:00.000Z');
    expect(messageQuery({ failedBefore: ['2026-11-22T00:00:00.000Z'] }, now)).toMatchObject({
      failedBefore: '2026-11-22T00:00:00.000Z',
    });
  });
});
