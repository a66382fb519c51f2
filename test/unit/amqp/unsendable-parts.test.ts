import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { describeParts, unsendableParts, withoutUnsendable } from '../../../server/amqp/unsendable-parts.ts';
import { contentHeaders } from '../../support/header-tables.ts';

const terms = { anyDeliveryMode: false };

describe('A message without its unsendable parts', () => {
  it('has none, and has everything else of it, duplicates of their names too', () => {
    fc.assert(
      fc.property(contentHeaders(), ({ properties, headers }) => {
        const contents = { properties, ...(headers === undefined ? {} : { headers }), body: Buffer.from('x') };
        const parts = unsendableParts(contents, terms);
        const left = withoutUnsendable(contents, terms);
        expect(unsendableParts(left, terms)).toEqual([]);
        const gone = parts.filter((part) => part.in === 'properties').map(({ name }) => name);
        const kept = Object.entries(properties).filter(([name]) => !gone.includes(name));
        expect(left.properties).toEqual(Object.fromEntries(kept));
        expect(left.headers?.length).toBe(headers && headers.length - (parts.length - gone.length));
      }),
    );
  });

  it('keeps a header that has the name of one that goes', () => {
    const fine = { name: 'n', type: 'int8' as const, value: 1 };
    const odd = { name: 'n', type: 'double' as const, value: 'Infinity' as const };
    const contents = { properties: {}, headers: [fine, odd, fine], body: Buffer.alloc(0) };
    expect(withoutUnsendable(contents, terms).headers).toEqual([fine, fine]);
  });
});

describe('The parts in words', () => {
  it('are bounded, whatever a message brings', () => {
    const part = { in: 'headers' as const, name: 'n'.repeat(255), why: 'unreadable' as const };
    expect(describeParts(Array.from({ length: 500 }, () => part)).length).toBeLessThan(1_200);
    expect(describeParts([{ ...part, name: 'odd' }])).toBe('headers.odd (unreadable)');
  });
});
