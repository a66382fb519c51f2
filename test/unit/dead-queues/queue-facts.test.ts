import { expect, it } from 'vitest';

import type { ManagedQueue } from '../../../server/amqp/management.ts';
import { dangersOf } from '../../../server/dead-queues/queue-facts.ts';

const queue = (over: Partial<ManagedQueue>): ManagedQueue => ({ name: 'q', vhost: '/', durable: true, ...over });
const limit = (count: number) => ({ code: 'deliveryLimit', params: { count } });

it('a quorum queue has a delivery limit by default from RabbitMQ 4 on, unless it was switched off', () => {
  expect(dangersOf(queue({ type: 'quorum' }), true)).toEqual([limit(20)]);
  expect(dangersOf(queue({ type: 'quorum' }), false)).toEqual([]);
  expect(dangersOf(queue({ type: 'quorum', arguments: { 'x-delivery-limit': -1 } }), true)).toEqual([]);
  expect(dangersOf(queue({ type: 'classic' }), true)).toEqual([]);
});

it('of an argument and a policy the smaller one counts', () => {
  const both = queue({ arguments: { 'x-message-ttl': 60_000 }, effective_policy_definition: { 'message-ttl': 5_000 } });
  expect(dangersOf(both, false)).toEqual([{ code: 'messageTtl', params: { count: 5_000 } }]);
});

it('settings that are no numbers are none', () => {
  expect(dangersOf(queue({ arguments: { 'x-expires': 'soon' } }), true)).toEqual([]);
});
