import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { array, deadMessage, diedOn310, diedOn4, header, int64, string, table } from './dead-messages.ts';

const TIME = 1795333648;
const AT = new Date(TIME * 1000);

describe('a message that only RabbitMQ speaks for', () => {
  const brokers = { '3.10': diedOn310, '4.x': diedOn4 };
  const reasons = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const;
  const cases = Object.keys(brokers).flatMap((broker) => reasons.map((reason) => ({ broker, reason })));

  test.each(cases)('RabbitMQ $broker, $reason: reason, origin and time are read', ({ broker, reason }) => {
    const died = broker === '3.10' ? diedOn310 : diedOn4;
    const diagnosis = diagnose(
      deadMessage(died({ reason, queue: 'orders.business', keys: ['order.cancel', 'cc.key'], time: TIME })),
    );
    expect(diagnosis).toMatchObject({
      framework: 'rabbitmq',
      reason,
      errorType: null,
      errorMessage: null,
      stackTrace: null,
      occurredAt: AT,
      origin: { exchange: 'orders', routingKeys: ['order.cancel', 'cc.key'], queue: 'orders.business' },
      stripHeaders: [],
    });
    expect(diagnosis.history).toHaveLength(1);
  });

  test('the sample of the fact sheet, field for field', () => {
    const { history } = diagnose(
      deadMessage([
        header('CC', array(string('cc.key'))),
        header('n', { type: 'int16', value: 300 }),
        ...diedOn4({
          reason: 'rejected',
          queue: 't.q',
          exchange: 't.x',
          keys: ['orders.created', 'cc.key'],
          originalExpiration: '60000',
        }),
      ]),
    );
    expect(history).toEqual([
      {
        queue: 't.q',
        reason: 'rejected',
        exchange: 't.x',
        routingKeys: ['orders.created', 'cc.key'],
        count: 1,
        firstAt: AT,
        originalExpiration: '60000',
      },
    ]);
  });

  test('the default exchange is an origin like any other', () => {
    const { origin } = diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: 'q', exchange: '', keys: ['q'] })));
    expect(origin).toEqual({ exchange: '', routingKeys: ['q'], queue: 'q' });
  });

  test('the origin is the first death, wherever it stands in the list', () => {
    const headers = [
      ...diedOn4(
        { reason: 'rejected', queue: 'first', exchange: 'a', keys: ['1'] },
        { reason: 'rejected', queue: 'second', exchange: 'b', keys: ['2'] },
      ),
    ].map((h) => (h.name === 'x-first-death-queue' ? header(h.name, 'first') : h));
    expect(diagnose(deadMessage(headers)).origin).toEqual({ exchange: 'a', routingKeys: ['1'], queue: 'first' });
  });

  test('without x-first-death-* the last entry is the first death', () => {
    const headers = diedOn4({ reason: 'rejected', queue: 'b' }, { reason: 'rejected', queue: 'a' }).filter(
      ({ name }) => name === 'x-death',
    );
    expect(diagnose(deadMessage(headers)).origin.queue).toBe('a');
  });

  test('a death that happened more than once has no known time: the broker keeps only the first', () => {
    expect(diagnose(deadMessage(diedOn310({ reason: 'rejected', queue: 'q', count: 4 }))).occurredAt).toBeNull();
  });

  test('with the list lost on the way, what the broker wrote beside it still counts', () => {
    const headers = diedOn4({ reason: 'maxlen', queue: 'q', exchange: 'x' }).map((h) =>
      h.name === 'x-death' ? header('x-death', '[{count=1, reason=maxlen}]') : h,
    );
    expect(diagnose(deadMessage(headers))).toMatchObject({
      framework: 'rabbitmq',
      reason: 'maxlen',
      history: [],
      origin: { exchange: 'x', routingKeys: [], queue: 'q' },
    });
  });
});

describe('queues in which messages wait are never where one failed', () => {
  test('a worker that rejects into a retry queue and at last publishes to the dead queue', () => {
    const diagnosis = diagnose(
      deadMessage(
        diedOn4(
          { reason: 'expired', queue: 'orders.later', exchange: 'retry', keys: ['later'], count: 3 },
          { reason: 'rejected', queue: 'orders.business', count: 3 },
        ),
      ),
    );
    expect(diagnosis.reason).toBe('rejected');
    expect(diagnosis.retryCount).toBe(3);
    expect(diagnosis.origin).toEqual({ exchange: 'orders', routingKeys: ['order.cancel'], queue: 'orders.business' });
    expect(diagnosis.history.map(({ queue }) => queue)).toEqual(['orders.later', 'orders.business']);
  });

  test.each([
    'celery_delayed_3',
    'delay_orders_order.cancel_5000_retry',
    'orders.delay.5000',
    'nsb.v2.delay-level-05',
    'orders.business.DQ',
    'orders-retry',
    'OrderRetryQueue',
    '주문.재시도',
    'some-queue-with-any-name',
  ])('a message that was first published to the delay queue %s failed where it was worked on', (delay) => {
    const diagnosis = diagnose(
      deadMessage(
        diedOn4(
          { reason: 'rejected', queue: 'orders.business', exchange: '', keys: ['orders.business'], time: TIME },
          { reason: 'expired', queue: delay, exchange: 'delays', keys: ['5000'], time: TIME - 60 },
        ),
      ),
    );
    expect(diagnosis).toMatchObject({
      reason: 'rejected',
      occurredAt: AT,
      origin: { exchange: '', routingKeys: ['orders.business'], queue: 'orders.business' },
    });
  });

  test('behind a delay queue the earliest death counts as the first', () => {
    const { origin } = diagnose(
      deadMessage(
        diedOn310(
          { reason: 'rejected', queue: 'a', time: TIME - 10 },
          { reason: 'rejected', queue: 'b', time: TIME },
          { reason: 'expired', queue: 'orders.wait', time: TIME - 20 },
        ),
      ),
    );
    expect(origin.queue).toBe('a');
  });

  test('a message that died nowhere else did die in the delay queue', () => {
    const diagnosis = diagnose(deadMessage(diedOn4({ reason: 'expired', queue: 'orders.delay' })));
    expect(diagnosis).toMatchObject({ reason: 'expired', origin: { queue: 'orders.delay' } });
  });

  test('a work queue named "retry" that rejects is where it failed', () => {
    const { origin } = diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: 'payments.retry' })));
    expect(origin.queue).toBe('payments.retry');
  });
});

describe('the retry count', () => {
  test('a message rejected once was never tried again', () => {
    expect(diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: 'q' }))).retryCount).toBe(0);
  });

  test('the rejection that ended it is no retry', () => {
    const headers = diedOn310(
      { reason: 'rejected', queue: 'q', count: 4 },
      { reason: 'expired', queue: 'q.retry', count: 3 },
    );
    expect(diagnose(deadMessage(headers)).retryCount).toBe(3);
  });

  test("a quorum queue's delivery count is used where there is nothing better", () => {
    const headers = [...diedOn4({ reason: 'delivery_limit', queue: 'q' }), header('x-delivery-count', int64(21))];
    expect(diagnose(deadMessage(headers)).retryCount).toBe(20);
  });

  test('is unknown for a message that merely expired', () => {
    expect(diagnose(deadMessage(diedOn4({ reason: 'expired', queue: 'q' }))).retryCount).toBeNull();
  });
});

describe('an x-death that no broker wrote', () => {
  test('a message without any history is diagnosed as unknown, and nothing is invented', () => {
    expect(diagnose(deadMessage([]))).toEqual({
      framework: null,
      reason: 'unknown',
      errorType: null,
      errorMessage: null,
      stackTrace: null,
      retryCount: null,
      occurredAt: null,
      origin: { exchange: null, routingKeys: [], queue: null },
      history: [],
      stripHeaders: [],
    });
  });

  test('reasons that no broker gives are unknown', () => {
    for (const reason of ['error', 'unknown', 'toString', '__proto__']) {
      expect(diagnose(deadMessage(diedOn4({ reason, queue: 'q' }))).reason).toBe('unknown');
    }
  });

  test('entries without queue or reason are left out, and the others count', () => {
    const headers = [
      header(
        'x-death',
        array(
          string('junk'),
          table({ queue: 'q' }),
          table({ reason: 'expired' }),
          table({ queue: 'q', reason: 'maxlen' }),
        ),
      ),
    ];
    expect(diagnose(deadMessage(headers))).toMatchObject({
      reason: 'maxlen',
      origin: { exchange: null, routingKeys: [], queue: 'q' },
      history: [{ queue: 'q', reason: 'maxlen', exchange: null, routingKeys: [], count: 1, firstAt: null }],
    });
  });

  test('names longer than a name can be are not names, and are never cut into others', () => {
    const long = 'q'.repeat(256);
    expect(diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: long }))).history).toEqual([]);
    const { origin } = diagnose(
      deadMessage(diedOn4({ reason: 'rejected', queue: 'q', exchange: long, keys: [long, 'cc'] })),
    );
    expect(origin).toEqual({ exchange: null, routingKeys: [], queue: 'q' });
  });

  test('a forged list of any length leaves a bounded history', () => {
    const deaths = Array.from({ length: 20_000 }, (_, index) => ({
      reason: 'expired',
      queue: `q${index}`,
      keys: Array.from({ length: 50 }, String),
    }));
    const { history } = diagnose(deadMessage(diedOn4({ reason: 'rejected', queue: 'q' }, ...deaths)));
    expect(history).toHaveLength(100);
    expect(Math.max(...history.map(({ routingKeys }) => routingKeys.length))).toBe(20);
  });

  test('times out of range, and counts that are none, are left out', () => {
    const [entry] = diagnose(
      deadMessage([
        header(
          'x-death',
          array(
            table({
              queue: 'q',
              reason: 'rejected',
              count: int64('-9'),
              time: { type: 'timestamp', value: '18446744073709551615' },
            }),
          ),
        ),
      ]),
    ).history;
    expect(entry).toMatchObject({ count: 1, firstAt: null });
  });
});
