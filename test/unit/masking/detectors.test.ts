import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { compileRules } from '../../../server/masking/compile-rules.ts';
import { Masking } from '../../../server/masking/masking.ts';

const masked = (detector: string, text: string, keys: Record<string, string[]> = {}) =>
  new Masking(compileRules([{ name: detector, kind: 'pattern', value: detector }]), keys).text(text);

describe('Card numbers', () => {
  it.each([
    ['Visa', '4111 1111 1111 1111', '•••• 1111'],
    ['Visa of 13 digits', '4222222222222', '•••• 2222'],
    ['Mastercard', '5555-5555-5555-4444', '•••• 4444'],
    ['Mastercard of the newer range', '2223003122003222', '•••• 3222'],
    ['American Express', '3782 822463 10005', '•••• 0005'],
    ['JCB', '3530.1113.3330.0000', '•••• 0000'],
    ['UnionPay', '6200000000000005', '•••• 0005'],
  ])('of %s are shown with their last four digits', (_issuer, card, shown) => {
    expect(masked('card', `paid with ${card}, thanks`)).toBe(`paid with ${shown}, thanks`);
  });

  it('are found behind and before other numbers', () => {
    expect(masked('card', '20261122 4111 1111 1111 1111 99')).toBe('20261122 •••• 1111 99');
  });

  it.each([
    ['a wrong check digit', '4111 1111 1111 1112'],
    ['an issuer that nobody knows', '1111 1111 1111 1117'],
    ['an order ID', 'ORD-20261122-000123'],
    ['a time in milliseconds', '1732752000000'],
    ['a UUID', '7d9f8b6c-1234-4321-8765-1234567890ab'],
    ['digits within a longer number', '94111111111111111111111'],
  ])('are not %s', (_what, text) => {
    expect(masked('card', text)).toBe(text);
  });

  it('are not a value of a business key that is shown, which can look like one', () => {
    const orderId = 'P4111111111111111';
    expect(masked('card', `order ${orderId} refused`, { orderId: [orderId] })).toBe(`order ${orderId} refused`);
    expect(masked('card', `order ${orderId}: card 5555555555554444`, { orderId: [orderId] })).toBe(
      `order ${orderId}: card •••• 4444`,
    );
  });
});

describe('Korean resident registration numbers', () => {
  it.each(['900101-1234567', '051231-4000000', '900101-5234567', '9001011234567', '900101 - 2234567'])(
    'are masked whole: %s',
    (number) => {
      expect(masked('koreanResidentNumber', `번호 ${number}.`)).toBe('번호 •••.');
    },
  );

  it('are found without a right check digit, which those since October 2020 have not', () => {
    expect(masked('koreanResidentNumber', '201015-3000000')).toBe('•••');
    expect(masked('koreanResidentNumber', '201015-3000001')).toBe('•••');
  });

  it.each([
    '901301-1234567',
    '900230-1234567',
    '900101-9234567',
    '900101-0234567',
    '990101-3234567',
    '1900101-1234567',
  ])('have a day that there was: %s', (text) => {
    expect(masked('koreanResidentNumber', text)).toBe(text);
  });

  it('are not an order ID of the same shape', () => {
    const orderId = '200101-1000123';
    expect(masked('koreanResidentNumber', `order ${orderId}`, { orderId: [orderId] })).toBe(`order ${orderId}`);
  });
});

describe('Telephone numbers', () => {
  it.each([
    '010-1234-5678',
    '01012345678',
    '010 1234 5678',
    '011-234-5678',
    '02-123-4567',
    '031-1234-5678',
    '02) 1234-5678',
    '070-1234-5678',
    '0505-123-4567',
    '+82 10-1234-5678',
    '+821012345678',
    '+1 (415) 555-2671',
    '+44 20 7946 0958',
  ])('are masked: %s', (number) => {
    expect(masked('phone', `call ${number} now`)).toBe('call ••• now');
  });

  it('are land lines without separators where that is all there is', () => {
    expect(masked('phone', '0212345678')).toBe('•••');
    expect(masked('phone', 'no. 0212345678 of 3')).toBe('no. 0212345678 of 3');
  });

  it.each([
    '2026-11-22T10:00:00+09:00',
    '+3 retries',
    'ORD-20261122-000123',
    '192.168.010.123',
    '1732752000',
    '4/5 of 120-300',
  ])('are not %s', (text) => {
    expect(masked('phone', text)).toBe(text);
  });
});

describe('E-mail addresses', () => {
  it.each([
    ['mail kim.minsu+bank@mail.example.co.kr today', 'mail ••• today'],
    ['to=kim@example.com&x=1', 'to=•••&x=1'],
    ['to=kim%40example.com', 'to=•••'],
    ['<kim@example.com>', '<•••>'],
    ['a@b.co,c@d.co', '•••,•••'],
    ["o'brien@example.com", '•••'],
    ['홍길동@예시.한국', '•••'],
    ['kim@example.com.4111', '•••.4111'],
  ])('are masked: %s', (text, shown) => {
    expect(masked('email', text)).toBe(shown);
  });

  it.each(['lodash@4.17.21', 'user@localhost', '@Bean', 'com.acme.Order@5f3a1b', 'a @ b'])('are not %s', (text) => {
    expect(masked('email', text)).toBe(text);
  });
});

describe('Every detector', () => {
  const all = compileRules(
    ['card', 'koreanResidentNumber', 'phone', 'email'].map((value) => ({ name: value, kind: 'pattern', value })),
  );

  it('finds what only another one beside it hid', () => {
    expect(new Masking(all).text('900101-1234567.010-1234-5678 and')).toBe('•••.••• and');
    expect(new Masking(all).text(Array.from({ length: 20 }, () => '010-1234-5678').join('.'))).toBe('•••');
  });

  it('leaves nothing that it would find again', () => {
    const part = fc.oneof(
      fc.constantFrom(
        '4111 1111 1111 1111',
        '900101-1234567',
        '010-1234-5678',
        'kim@example.com',
        ' ',
        '-',
        '+',
        '@',
        '.',
      ),
      fc.string({ maxLength: 6 }),
      fc.stringMatching(/^[\d -]{0,12}$/),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const once = new Masking(all).text(parts.join(''));
        expect(new Masking(all).text(once)).toBe(once);
        for (const secret of ['900101-1234567', 'kim@example.com']) {
          if (parts.join(' ').includes(` ${secret} `)) expect(once).not.toContain(` ${secret} `);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['digits', '1'],
    ['digits in groups', '4 '],
    ['at signs', 'a@'],
    ['dots', 'a@b.'],
    ['pluses', '+1-'],
    ['zeros', '010-'],
    ['letters before an at sign', 'a'],
  ])('takes time that grows with the text alone: %s', (_what, piece) => {
    const text = piece.repeat(Math.ceil(1_000_000 / piece.length));
    const begun = performance.now();
    for (const { find } of all.texts) find(text);
    expect(performance.now() - begun).toBeLessThan(3_000);
  });
});
