import { expect, test } from 'vitest';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, header } from '../dead-messages.ts';
import { rebusDetails, rebusHeaders } from './framework-messages.ts';

const withDetails = (text: string) =>
  diagnose(deadMessage([header('rbs2-source-queue', 'orders'), header('rbs2-error-details', text)]));

test('a message in the error queue', () => {
  const { stripHeaders, ...diagnosis } = diagnose(deadMessage(rebusHeaders, { deadQueue: 'error' }));
  expect(diagnosis).toEqual({
    framework: 'rebus',
    reason: 'error',
    errorType: 'System.InvalidOperationException',
    errorMessage: 'No currency',
    stackTrace: `5 unhandled exceptions: ${rebusDetails}`,
    retryCount: null,
    occurredAt: null,
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
    history: [],
  });
  expect(headersForResend(rebusHeaders, stripHeaders).map(({ name }) => name)).toEqual([
    'rbs2-msg-id',
    'rbs2-msg-type',
    'rbs2-intent',
    'rbs2-senttime',
  ]);
});

test.each([
  ['No stock: Acme.NoStockException: 0 left\n   at X', 'Acme.NoStockException', '0 left'],
  ['System.AggregateException: One or more errors', 'System.AggregateException', 'One or more errors'],
  ['Could not be deserialised', null, 'Could not be deserialised'],
  ['See www.example.com: down', null, 'See www.example.com: down'],
  [' \n', null, null],
])('the details %j', (details, errorType, errorMessage) => {
  expect(withDetails(details)).toMatchObject({ framework: 'rebus', reason: 'error', errorType, errorMessage });
});

test.each(['a.'.repeat(50_000), 'aException'.repeat(10_000), 'a.b: '.repeat(20_000), 'a'.repeat(100_000)])(
  'a text made to be slow is not',
  (details) => {
    const started = performance.now();
    withDetails(details);
    expect(performance.now() - started).toBeLessThan(500);
  },
);

test('a source queue alone is no failure', () => {
  expect(diagnose(deadMessage([header('rbs2-source-queue', 'orders')])).framework).toBeNull();
});
