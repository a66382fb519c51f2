import { expect, test } from 'vitest';
import { headersForResend } from '../../../../server/diagnosis/broker-headers.ts';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4, header, table } from '../dead-messages.ts';
import { laravelHeaders } from './framework-messages.ts';

const rejected = diedOn4({ reason: 'rejected', queue: 'orders', exchange: '', keys: ['orders'] });

test('a job that was rejected: the reason is the broker’s, and its attempts begin again', () => {
  const headers = [...rejected, ...laravelHeaders];
  const { history, ...diagnosis } = diagnose(deadMessage(headers));
  expect(diagnosis).toEqual({
    framework: 'laravel',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: 2,
    occurredAt: new Date(1795333648_000),
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
    stripHeaders: ['laravel.attempts'],
  });
  expect(history).toHaveLength(1);
  expect(headersForResend(headers, diagnosis.stripHeaders)).toEqual([header('laravel', table({}))]);
});

test('a header of that name without attempts is somebody else’s', () => {
  expect(diagnose(deadMessage([header('laravel', '11')])).framework).toBeNull();
  expect(diagnose(deadMessage([...rejected, header('laravel', table({ version: '11' }))])).framework).toBe('rabbitmq');
});
