import { describe, expect, it } from 'vitest';
import { RETRY_BUDGET, decide } from '../../../examples/orders/interceptor.ts';
import { WorkerError } from '../../../examples/orders/worker-error.ts';

const delays = [
  { exchange: 'orders.retry.1s', delay: 1_000 },
  { exchange: 'orders.retry.3s', delay: 3_000 },
];
const timeout = new WorkerError('OrderApiTimeoutError', 'retry', 'no answer');

describe('the interceptor decides what becomes of a message', () => {
  it('passes what succeeded, however often it was tried', () => {
    expect(decide(null, 0, delays)).toEqual({ action: 'pass' });
    expect(decide(null, RETRY_BUDGET, delays)).toEqual({ action: 'pass' });
  });

  it('retries a passing failure later and later, and counts', () => {
    expect(decide(timeout, 0, delays)).toEqual({ action: 'retry', exchange: 'orders.retry.1s', retries: 1 });
    expect(decide(timeout, 1, delays)).toEqual({ action: 'retry', exchange: 'orders.retry.3s', retries: 2 });
    expect(decide(timeout, 2, delays)).toEqual({ action: 'retry', exchange: 'orders.retry.3s', retries: 3 });
  });

  it('gives up once the budget is spent, and says how often it tried', () => {
    expect(decide(timeout, 3, delays)).toEqual({ action: 'dead', retries: 3 });
    expect(decide(timeout, 99, delays)).toEqual({ action: 'dead', retries: 99 });
  });

  it('does not retry where there is no delay queue, nor what no retry mends', () => {
    expect(decide(timeout, 0, [])).toEqual({ action: 'dead', retries: 0 });
    const unknown = new WorkerError('TemplateNotFoundError', 'dead', 'no such template');
    expect(decide(unknown, 0, delays)).toEqual({ action: 'dead', retries: 0 });
  });

  it('leaves a rejection and a requeue to the broker', () => {
    expect(decide(new WorkerError('AlreadyShippedError', 'reject', ''), 1, delays)).toEqual({ action: 'reject' });
    expect(decide(new WorkerError('LedgerLockedError', 'requeue', ''), 9, delays)).toEqual({ action: 'requeue' });
  });

  it('retries a failure that nobody expected', () => {
    expect(decide(new TypeError('x is undefined'), 0, delays)).toMatchObject({ action: 'retry' });
  });
});
