import fc from 'fast-check';
import { expect, test } from 'vitest';

import type { HeaderTable } from '../../../server/amqp/message.ts';
import { contentHash } from '../../../server/intake/content-hash.ts';
import { contentHeaders } from '../../support/header-tables.ts';

interface Given {
  exchange: string;
  routingKey: string;
  properties: string;
  headers: HeaderTable | undefined;
  body: Buffer;
}

const hashOf = (given: Given) =>
  contentHash({ ...given, headersJson: given.headers === undefined ? null : JSON.stringify(given.headers) }).toString(
    'hex',
  );

const givens: fc.Arbitrary<Given> = fc
  .record({ exchange: fc.string(), routingKey: fc.string(), content: contentHeaders(), body: fc.uint8Array() })
  .map(({ exchange, routingKey, content, body }) => ({
    exchange,
    routingKey,
    properties: JSON.stringify(content.properties),
    headers: content.headers,
    body: Buffer.from(body),
  }));

test('a message keeps its hash when it is delivered again, with whatever the broker counts in its headers', () => {
  fc.assert(
    fc.property(givens, fc.integer({ min: 0, max: 50 }), (given, count) => {
      const counted: HeaderTable = [
        ...(given.headers ?? []),
        { name: 'x-delivery-count', type: 'int64', value: String(count) },
        { name: 'x-acquired-count', type: 'int64', value: String(count) },
      ];
      expect(hashOf({ ...given, headers: counted })).toBe(hashOf(given));
    }),
    { numRuns: 50 },
  );
});

test('messages that differ anywhere have different hashes', () => {
  fc.assert(
    fc.property(givens, givens, (one, other) => {
      fc.pre(JSON.stringify(one) !== JSON.stringify(other));
      fc.pre((one.headers ?? []).length + (other.headers ?? []).length > 0 || one.body.compare(other.body) !== 0);
      expect(hashOf(one)).not.toBe(hashOf(other));
    }),
    { numRuns: 50 },
  );
});

test('what ends one part cannot begin the next', () => {
  const given: Given = { exchange: 'ab', routingKey: 'c', properties: '{}', headers: undefined, body: Buffer.alloc(0) };
  expect(hashOf(given)).not.toBe(hashOf({ ...given, exchange: 'a', routingKey: 'bc' }));
  expect(hashOf(given)).not.toBe(hashOf({ ...given, exchange: '', routingKey: 'abc' }));
});
