import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { makeResendMark, readResendMark } from '../../../server/messages/resend-mark.ts';

const installation = { name: '0123456789ab', epoch: 2, macKey: randomBytes(32) };

describe('The mark of a resend', () => {
  it('says which message and which resend of it, and is short and printable', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
        fc.integer({ min: 1, max: 4_294_967_295 }),
        (id, number) => {
          const mark = makeResendMark(installation, String(id), number);
          expect(mark).toMatch(/^[\x21-\x7e]{1,110}$/);
          expect(readResendMark(installation, mark)).toEqual({
            messageId: String(id),
            resendNumber: number,
            currentEpoch: true,
          });
        },
      ),
    );
  });

  it('is only a header when one character of it was changed', () => {
    const mark = makeResendMark(installation, '123', 4);
    for (let at = 0; at < mark.length; at += 1) {
      const other = mark[at] === 'A' ? 'B' : 'A';
      expect(readResendMark(installation, mark.slice(0, at) + other + mark.slice(at + 1))).toBeNull();
    }
  });

  it('is only a header when another installation made it, or anybody else', () => {
    const mark = makeResendMark({ ...installation, macKey: randomBytes(32) }, '123', 4);
    expect(readResendMark(installation, mark)).toBeNull();
    expect(readResendMark({ ...installation, name: 'another' }, makeResendMark(installation, '1', 1))).toBeNull();
    for (const text of ['', '.', '...', 'x'.repeat(10_000), '0123456789ab-2.1.1.']) {
      expect(readResendMark(installation, text)).toBeNull();
    }
  });

  it('from before the database was restored is recognised as such', () => {
    const mark = makeResendMark(installation, '123', 4);
    expect(readResendMark({ ...installation, epoch: 3 }, mark)).toEqual({
      messageId: '123',
      resendNumber: 4,
      currentEpoch: false,
    });
  });
});
