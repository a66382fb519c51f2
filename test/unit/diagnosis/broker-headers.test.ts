import { expect, test } from 'vitest';
import type { HeaderTable } from '../../../server/amqp/message.ts';
import { BROKER_HEADERS, headersForResend } from '../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { conventionHeaders, deadMessage, diedOn4, header, int64 } from './dead-messages.ts';

const application: HeaderTable = [
  header('order-id', 'ORD-1'),
  header('__proto__', { type: 'double', value: '-0' }),
  header('order-id', 'ORD-2'),
  header('X-Death', 'not the broker’s'),
  header('x-death-note', 'neither'),
];

test('a resent message bears exactly what its publisher wrote, in its order, with duplicates', () => {
  const headers = [
    ...diedOn4({ reason: 'rejected', queue: 'q' }),
    ...application,
    ...conventionHeaders,
    header('x-delivery-count', int64(3)),
    header('x-acquired-count', int64(3)),
  ];
  const before = structuredClone(headers);
  expect(headersForResend(headers, diagnose(deadMessage(headers)).stripHeaders)).toEqual(application);
  expect(headers).toEqual(before);
});

test("the broker's own headers go even when nothing is to be stripped", () => {
  const headers = BROKER_HEADERS.map((name) => header(name, 'x'));
  expect(headersForResend([...headers, ...application], [])).toEqual(application);
});

test('a header that a dead queue names is stripped, every duplicate of it', () => {
  expect(headersForResend(application, ['order-id']).map(({ name }) => name)).toEqual([
    '__proto__',
    'X-Death',
    'x-death-note',
  ]);
});
