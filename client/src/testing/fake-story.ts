import type { Message } from '../../../server/contract/schemas/messages.ts';
import { fakeDetail } from './fake-messages.ts';
import { createFakeOperation } from './fake-operations.ts';
import type { FakeOffice } from './fake-office.ts';

/** A JSON body as orders have one: about twenty lines when it is laid out. */
const BODY =
  '{"orderId":"ORD-20261122-000123","customer":{"name":"김하늘","tier":"gold"},"amount":9007199254740993,"currency":"KRW",' +
  '"lines":[{"sku":"LMP-0305","count":1,"price":48900.00},{"sku":"BLB-0011","count":4,"price":3200.50}],' +
  '"reason":"customer asked","requestedAt":"2026-11-22T02:57:58Z"}';

/** Gives a message a past: it died, an operator resent it, and it came back. */
export function addStory(office: FakeOffice, message: Message): void {
  const minutesBefore = (minutes: number) => new Date(Date.parse(message.failedAt) - minutes * 60_000).toISOString();
  const operation = createFakeOperation(
    String(42 + office.operations.length),
    { action: 'resend', selection: { ids: [message.id] }, reason: 'order API fixed, deploy 4711' },
    [message],
    minutesBefore(5),
  );
  operation.items = operation.items.map((item) => ({ ...item, outcome: 'confirmed' as const, at: minutesBefore(5) }));
  operation.operation = {
    ...operation.operation,
    actor: 'operator-2',
    status: 'finished',
    finishedAt: minutesBefore(5),
    cameBack: 1,
    outcomes: { ...operation.operation.outcomes, confirmed: 1 },
  };
  office.operations.push(operation);
  message.failureCount = 2;
  message.capturedAt = minutesBefore(12);
  const detail = fakeDetail(message);
  office.details[message.id] = {
    bodyPreview: { encoding: 'utf8', text: BODY, truncated: false },
    deaths: detail.deaths.map((death, index) => ({
      ...death,
      arrivedAt: index === 0 ? minutesBefore(12) : message.failedAt,
      operationId: index === 0 ? null : operation.operation.id,
      recognisedBy: index === 0 ? null : 'mark',
    })),
    headersTyped: [
      { name: 'order-id', type: 'string', value: 'ORD-20261122-000123' },
      { name: 'tenant', type: 'string', value: 'kr' },
      { name: 'x-attempt', type: 'int64', value: '9007199254740993' },
      { name: 'x-failure-type', type: 'string', value: 'TimeoutError' },
      { name: 'x-failure-message', type: 'string', value: 'Order API timed out after 3000 ms' },
      { name: 'x-failure-queue', type: 'string', value: 'orders.cancel' },
      {
        name: 'x-death',
        type: 'array',
        value: [{ type: 'table', value: [{ name: 'count', type: 'int64', value: '1' }] }],
      },
      { name: 'x-dead-letter-office-id', type: 'string', value: '1f0a-1.89000.1.qv4Tn0xWm2' },
    ],
    headerSources: [
      ...Array.from({ length: 3 }, () => 'application' as const),
      ...Array.from({ length: 3 }, () => 'framework' as const),
      'broker',
      'office',
    ],
    stackTrace: [
      'TimeoutError: Order API timed out after 3000 ms',
      '    at request (workers/order-api.ts:31:9)',
      '    at async cancelOrder (workers/cancel.ts:48:11)',
      '    at async Worker.handle (workers/worker.ts:102:5)',
      '    at async Channel.dispatchMessage (node_modules/amqplib/lib/channel.js:486:12)',
    ].join('\n'),
  };
}
