import { describe, expect, test } from 'vitest';
import { coarseFingerprint, fingerprint } from '../../../server/diagnosis/fingerprint.ts';
import type { FingerprintParts } from '../../../server/diagnosis/fingerprint.ts';

const failure: FingerprintParts = {
  broker: 'default',
  queue: 'orders.business',
  errorType: 'OrderApiTimeout',
  errorMessage: 'Order ORD-20261122-000123 was not cancelled within 3000 ms',
  stackTrace: 'Error: x\n    at OrderWorker.cancel (/app/src/order-worker.js:42:7)',
};
const hash = (parts: Partial<FingerprintParts>): string => fingerprint({ ...failure, ...parts }).hash.toString('hex');
const coarse = (parts: Partial<FingerprintParts>): string =>
  coarseFingerprint({ ...failure, ...parts }).hash.toString('hex');

describe('a fingerprint', () => {
  test('is the same in every process, on every machine, in every release', () => {
    expect(hash({})).toBe('ec43605586022d438782948aff00e2f6');
    expect(coarse({})).toBe('43d56568ad9eb7e4d7a603fa5400bfe7');
  });

  test('holds what a group is shown by', () => {
    const made = fingerprint(failure);
    expect(made.hash).toHaveLength(16);
    expect(made).toMatchObject({
      normalisedMessage: 'Order ORD-# was not cancelled within # ms',
      frame: 'OrderWorker.cancel (src/order-worker.js)',
      title: 'OrderApiTimeout: Order ORD-# was not cancelled within # ms',
    });
  });

  test('is the same for another order, another time, another line', () => {
    expect(
      hash({
        errorMessage: 'Order ORD-20261201-9 was not cancelled within 5000 ms',
        stackTrace: 'Error: y\n    at OrderWorker.cancel (/srv/app2/src/order-worker.js:57:1)',
      }),
    ).toBe(hash({}));
  });

  test.each<Partial<FingerprintParts>>([
    { broker: 'other' },
    { queue: 'orders.notify' },
    { queue: null },
    { errorType: 'OrderApiRefused' },
    { errorType: null },
    { errorMessage: 'Order ORD-1 was refused' },
    { errorMessage: null },
    { stackTrace: '    at OrderWorker.refund (/app/src/order-worker.js:42:7)' },
    { stackTrace: null },
  ])('is another for %j', (parts) => {
    expect(hash(parts)).not.toBe(hash({}));
  });

  test('takes nothing for something: null, empty, and parts that run into each other', () => {
    expect(hash({ queue: '' })).not.toBe(hash({ queue: null }));
    expect(hash({ errorType: '' })).not.toBe(hash({ errorType: null }));
    expect(hash({ queue: 'ab', errorType: 'c' })).not.toBe(hash({ queue: 'a', errorType: 'bc' }));
  });

  test('tells failures without an error apart by their reason, and only those', () => {
    const none = { errorType: null, errorMessage: null, stackTrace: null };
    expect(hash({ ...none, reason: 'expired' })).not.toBe(hash({ ...none, reason: 'rejected' }));
    expect(fingerprint({ ...failure, ...none, reason: 'expired' }).title).toBe('expired');
    expect(fingerprint({ ...failure, ...none }).title).toBe('unknown');
    expect(hash({ reason: 'expired' })).toBe(hash({ reason: 'error' }));
  });
});

describe('the coarse fingerprint', () => {
  test('leaves out message and frame', () => {
    expect(coarse({ errorMessage: 'anything else', stackTrace: null })).toBe(coarse({}));
    expect(coarseFingerprint(failure)).toMatchObject({ normalisedMessage: '', frame: null, title: 'OrderApiTimeout' });
  });

  test('keeps broker, queue and error type, without the variable parts of a type made up per message', () => {
    expect(coarse({ broker: 'other' })).not.toBe(coarse({}));
    expect(coarse({ queue: 'other' })).not.toBe(coarse({}));
    expect(coarse({ errorType: 'Other' })).not.toBe(coarse({}));
    expect(coarse({ errorType: 'Error 4711' })).toBe(coarse({ errorType: 'Error 12' }));
  });

  test('is never a fine one', () => {
    const bare = { errorMessage: null, stackTrace: null };
    expect(coarse(bare)).not.toBe(hash(bare));
  });
});

test('titles are one line of at most 255 bytes, and do not say the type twice', () => {
  const long = fingerprint({ ...failure, errorType: '오류'.repeat(60), errorMessage: '가\n나'.repeat(300) }).title;
  expect(Buffer.byteLength(long)).toBeLessThanOrEqual(255);
  expect(long).not.toMatch(/\n|\uFFFD/);
  expect(fingerprint({ ...failure, errorType: 'TypeError', errorMessage: 'TypeError: no' }).title).toBe(
    'TypeError: no',
  );
});
