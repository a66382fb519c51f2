import { expect, test } from 'vitest';
import { diagnose } from '../../../../server/diagnosis/index.ts';
import { deadMessage, diedOn4 } from '../dead-messages.ts';
import { nestjsBody } from './framework-messages.ts';

const direct = diedOn4({ reason: 'rejected', queue: 'orders', exchange: '', keys: ['orders'] });
const dead = (body: unknown, headers = direct) =>
  diagnose(deadMessage(headers, { body: Buffer.from(JSON.stringify(body)) }));

test('a message that no handler took: the reason is the broker’s, and no error is invented', () => {
  expect(dead(nestjsBody)).toMatchObject({
    framework: 'nestjs',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    occurredAt: new Date(1795333648_000),
    origin: { exchange: '', routingKeys: ['orders'], queue: 'orders' },
    stripHeaders: [],
  });
  expect(dead({ pattern: { cmd: 'cancel' }, data: null, id: '7' }).framework).toBe('nestjs');
});

test.each([{ pattern: 'a', data: 1, total: 2 }, { pattern: 7, data: 1 }, { pattern: null, data: 1 }, { data: 1 }, []])(
  'another application’s %j is not',
  (body) => {
    expect(dead(body).framework).toBe('rabbitmq');
  },
);

test('what was published to an exchange, or did not die at the broker, is not', () => {
  expect(dead(nestjsBody, diedOn4({ reason: 'rejected', queue: 'orders' })).framework).toBe('rabbitmq');
  expect(dead(nestjsBody, []).framework).toBeNull();
});
