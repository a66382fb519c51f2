import { expect, test } from 'vitest';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn310, diedOn4, header } from '../dead-messages.ts';
import { celeryHeaders } from './framework-messages.ts';

const rejected = diedOn4({ reason: 'rejected', queue: 'celery', exchange: '', keys: ['celery'] });

test('a task that a worker rejected: the reason is the broker’s, and no error is invented', () => {
  const headers = [...rejected, ...celeryHeaders];
  const { history, ...diagnosis } = diagnose(deadMessage(headers));
  expect(diagnosis).toEqual({
    framework: 'celery',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: 2,
    occurredAt: new Date(1795333648_000),
    origin: { exchange: '', routingKeys: ['celery'], queue: 'celery' },
    stripHeaders: [],
  });
  expect(history).toHaveLength(1);
  expect(headersForResend(headers, diagnosis.stripHeaders)).toEqual(celeryHeaders);
});

test('a task that waited in a delay queue goes back to its own', () => {
  const headers = [
    ...diedOn310(
      { reason: 'rejected', queue: 'orders', exchange: 'celery_delayed_delivery', keys: ['0.0.1.orders'] },
      { reason: 'expired', queue: 'celery_delayed_0', exchange: 'celery_delayed_0', keys: ['0.0.1.orders'] },
    ),
    ...celeryHeaders,
  ];
  expect(diagnose(deadMessage(headers))).toMatchObject({
    framework: 'celery',
    reason: 'rejected',
    origin: { queue: 'orders' },
  });
});

test('without x-death nobody knows why, or where it was', () => {
  expect(diagnose(deadMessage(celeryHeaders))).toMatchObject({
    framework: 'celery',
    reason: 'unknown',
    occurredAt: null,
    origin: { exchange: null, routingKeys: [], queue: null },
  });
});

test('a task and an id of other texts are not enough', () => {
  const headers = [header('task', 'clean'), header('id', '7')];
  expect(diagnose(deadMessage([...rejected, ...headers])).framework).toBe('rabbitmq');
  const odd = [header('task', { type: 'int32', value: 1 }), header('id', { type: 'void', value: null })];
  expect(diagnose(deadMessage([...rejected, ...odd, header('lang', 'py')])).framework).toBe('rabbitmq');
});
