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

it('a dead-letter exchange of its own is told, the default exchange too; an argument goes before a policy', () => {
  const policy = { effective_policy_definition: { 'dead-letter-exchange': 'by.policy' } };
  const told = (exchange: string) => [{ code: 'deadLetters', params: { exchange } }];
  expect(dangersOf(queue(policy), true)).toEqual(told('by.policy'));
  expect(dangersOf(queue({ ...policy, arguments: { 'x-dead-letter-exchange': '' } }), true)).toEqual(told(''));
});

it('a queue that others have for themselves, that forgets, or that is none, is told', () => {
  const codes = (over: Partial<ManagedQueue>) => dangersOf(queue(over), true).map(({ code }) => code);
  expect(codes({ exclusive: true })).toEqual(['exclusive']);
  expect(codes({ consumer_details: [{ exclusive: false }, { exclusive: true }] })).toEqual(['exclusive']);
  expect(codes({ arguments: { 'x-single-active-consumer': true } })).toEqual(['singleActiveConsumer']);
  expect(codes({ durable: false })).toEqual(['notDurable']);
  expect(codes({ type: 'stream' })).toEqual(['stream']);
});
