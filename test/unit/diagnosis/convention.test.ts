import { describe, expect, test } from 'vitest';
import type { HeaderTable, TypedValue } from '../../../server/amqp/message.ts';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { conventionHeaders, deadMessage, diedOn4, header } from './dead-messages.ts';

const only = (...names: string[]): HeaderTable => conventionHeaders.filter(({ name }) => names.includes(name));
const changed = (name: string, value: TypedValue | string): HeaderTable =>
  conventionHeaders.map((known) => (known.name === name ? header(name, value) : known));

describe('our failure convention', () => {
  test('every header is read', () => {
    expect(diagnose(deadMessage(conventionHeaders))).toEqual({
      framework: 'convention',
      reason: 'error',
      errorType: 'OrderApiTimeout',
      errorMessage: '주문 ORD-20261122-000123 취소 API가 3000ms 안에 응답하지 않았습니다',
      stackTrace: 'Error: x\n    at OrderWorker.cancel (/app/src/order-worker.js:42:7)',
      retryCount: 3,
      occurredAt: new Date('2026-11-22T07:18:00.123Z'),
      origin: { exchange: 'orders', routingKeys: ['order.cancel'], queue: 'orders.business' },
      history: [],
      stripHeaders: conventionHeaders.map(({ name }) => name),
    });
  });

  test.each(['rejected', 'expired', 'maxlen', 'delivery_limit', 'error', 'unknown'])(
    'the reason %s is taken as written',
    (reason) => {
      expect(diagnose(deadMessage(changed('x-failure-reason', reason))).reason).toBe(reason);
    },
  );

  test.each<TypedValue | string>([
    'business rule 7',
    'REJECTED',
    '',
    { type: 'void', value: null },
    { type: 'int32', value: 4 },
  ])('a reason in words of its own (%j) is an error', (reason) => {
    expect(diagnose(deadMessage(changed('x-failure-reason', reason))).reason).toBe('error');
  });

  test('one header is enough', () => {
    expect(diagnose(deadMessage(only('x-failure-message')))).toMatchObject({
      framework: 'convention',
      reason: 'error',
      errorType: null,
      origin: { exchange: null, routingKeys: [], queue: null },
    });
  });

  test('only its nine headers are stripped, whatever else begins alike', () => {
    const { stripHeaders } = diagnose(deadMessage([...conventionHeaders, header('x-failure-ticket', '7')]));
    expect(stripHeaders).toHaveLength(9);
    expect(stripHeaders).not.toContain('x-failure-ticket');
  });

  test('a body is never what the diagnosis is made from', () => {
    const message = deadMessage([], { body: Buffer.from('{"x-failure-reason":"error"}') });
    expect(diagnose(message).framework).toBeNull();
  });
});

describe('with x-death beside it', () => {
  const died = diedOn4(
    { reason: 'expired', queue: 'orders.retry', exchange: 'retry', keys: ['r'], count: 3 },
    { reason: 'rejected', queue: 'orders.business', exchange: 'orders', keys: ['order.cancel', 'cc'], count: 3 },
  );

  test('the worker gives the reason, the broker the history', () => {
    expect(diagnose(deadMessage([...died, ...conventionHeaders]))).toMatchObject({
      framework: 'convention',
      reason: 'error',
      errorType: 'OrderApiTimeout',
      retryCount: 3,
      history: [{ queue: 'orders.retry' }, { queue: 'orders.business' }],
    });
  });

  test('the origin that the worker names wins', () => {
    const headers = [...died, ...changed('x-failure-exchange', 'other')];
    expect(diagnose(deadMessage(headers)).origin).toEqual({
      exchange: 'other',
      routingKeys: ['order.cancel'],
      queue: 'orders.business',
    });
  });

  test('what the worker leaves out is completed from the broker when both mean the same hop', () => {
    const headers = [...died, ...only('x-failure-message', 'x-failure-queue')];
    expect(diagnose(deadMessage(headers)).origin).toEqual({
      exchange: 'orders',
      routingKeys: ['order.cancel', 'cc'],
      queue: 'orders.business',
    });
  });

  test('two different hops are never mixed into an origin that did not exist', () => {
    const headers = [...died, ...only('x-failure-message'), header('x-failure-queue', 'notifications')];
    expect(diagnose(deadMessage(headers)).origin).toEqual({ exchange: null, routingKeys: [], queue: 'notifications' });
  });

  test('a worker that only counts its retries leaves the reason to the broker; its count is read and stripped', () => {
    const headers = [...diedOn4({ reason: 'rejected', queue: 'orders.business' }), ...only('x-failure-retries')];
    const diagnosis = diagnose(deadMessage(headers));
    expect(diagnosis).toMatchObject({ framework: 'rabbitmq', reason: 'rejected', retryCount: 3 });
    expect(diagnosis.stripHeaders).toContain('x-failure-retries');
  });
});

describe('what workers write wrongly', () => {
  test.each<[TypedValue | string, string | null]>([
    ['2026-11-22T07:18:00Z', '2026-11-22T07:18:00.000Z'],
    ['2026-11-22T16:18:00.1234567+09:00', '2026-11-22T07:18:00.123Z'],
    ['2026-11-22 07:18:00', '2026-11-22T07:18:00.000Z'],
    ['1000-01-01T00:00:00Z', '1000-01-01T00:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
    [{ type: 'timestamp', value: '1795333648' }, '2026-11-22T07:47:28.000Z'],
    [{ type: 'int64', value: '1795333648123' }, '2026-11-22T07:47:28.123Z'],
    ['0999-12-31T23:59:59Z', null],
    ['9999-12-31T23:59:59-01:00', null],
    ['2026-02-30T00:00:00Z', null],
    ['2026-11-22T25:00:00Z', null],
    ['yesterday', null],
    [{ type: 'double', value: 1e300 }, null],
    [{ type: 'timestamp', value: '18446744073709551615' }, null],
  ])('the time %j is %s', (written, expected) => {
    const { occurredAt } = diagnose(deadMessage(changed('x-failure-time', written)));
    expect(occurredAt?.toISOString() ?? null).toBe(expected);
  });

  test.each<[TypedValue | string, number | null]>([
    ['3', 3],
    [{ type: 'int64', value: '2147483647' }, 2147483647],
    [{ type: 'double', value: 2 }, 2],
    [{ type: 'int64', value: '2147483648' }, null],
    [{ type: 'int32', value: -1 }, null],
    ['many', null],
    [{ type: 'boolean', value: true }, null],
  ])('the retry count %j is %s', (written, expected) => {
    expect(diagnose(deadMessage(changed('x-failure-retries', written))).retryCount).toBe(expected);
  });

  test('texts are cut at a character, not within one', () => {
    const { errorMessage, errorType, stackTrace } = diagnose(
      deadMessage([
        header('x-failure-type', '가'.repeat(200)),
        header('x-failure-message', `x${'😀'.repeat(10_000)}`),
        header('x-failure-stack', '주'.repeat(50_000)),
      ]),
    );
    expect(errorType).toBe('가'.repeat(85));
    expect(errorMessage).toBe(`x${'😀'.repeat(4095)}`);
    expect(stackTrace).toBe('주'.repeat(21_845));
  });

  test('text that is not UTF-8 is shown as far as it can be, and is no name', () => {
    const eucKr = { type: 'string', value: { base64: Buffer.from([0xc1, 0xd6, 0x21]).toString('base64') } } as const;
    const diagnosis = diagnose(deadMessage([header('x-failure-message', eucKr), header('x-failure-queue', eucKr)]));
    expect(diagnosis.errorMessage).toMatch(/\uFFFD.*!/);
    expect(diagnosis.origin.queue).toBeNull();
  });

  test('of two headers with one name the first counts', () => {
    const headers = [header('x-failure-type', 'First'), header('x-failure-type', 'Second')];
    expect(diagnose(deadMessage(headers)).errorType).toBe('First');
  });

  test('a blank text is no text', () => {
    const headers = [header('x-failure-type', ' '), header('x-failure-message', '\n')];
    expect(diagnose(deadMessage(headers))).toMatchObject({ reason: 'error', errorType: null, errorMessage: null });
  });
});
