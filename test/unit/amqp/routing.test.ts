import { describe, expect, it } from 'vitest';

import { BrokerError } from '../../../server/amqp/broker-error.ts';
import type { ManagedBinding, ManagedExchange, Management } from '../../../server/amqp/management.ts';
import type { HeaderTable } from '../../../server/amqp/message.ts';
import { Routing } from '../../../server/amqp/routing.ts';

interface FakeExchange extends Partial<ManagedExchange> {
  queues?: string[];
  exchanges?: string[];
}

/** A management API that knows these exchanges, each bound with the key `k`. For types that no test broker has. */
function knowing(exchanges: Record<string, FakeExchange>, policy: Management['policy'] = () => Promise.resolve(null)) {
  const bind = (destination: string, destination_type: ManagedBinding['destination_type']): ManagedBinding => ({
    source: '',
    destination,
    destination_type,
    routing_key: 'k',
  });
  const management: Management = {
    queues: () => Promise.resolve([]),
    queue: () => Promise.resolve(null),
    exchange: (vhost, name) => {
      const known = exchanges[name];
      return Promise.resolve(known ? { name, vhost, type: 'direct', durable: true, internal: false, ...known } : null);
    },
    bindingsFrom: (_vhost, name) => {
      const { queues = [], exchanges: further = [] } = exchanges[name] ?? {};
      return Promise.resolve([
        ...queues.map((queue) => bind(queue, 'queue')),
        ...further.map((exchange) => bind(exchange, 'exchange')),
      ]);
    },
    policy,
  };
  const routing = new Routing({ management, vhost: '/' });
  return (exchange: string, headers: HeaderTable = [], routingKey = 'k') =>
    routing.reach({ exchange, routingKey, headers });
}

const delay: HeaderTable = [{ name: 'x-delay', type: 'int32', value: 5_000 }];

describe('An exchange of a plugin', () => {
  it('leaves the rest of the way known', async () => {
    const reach = knowing({
      main: { type: 'fanout', queues: ['a'], exchanges: ['hash'] },
      hash: { type: 'x-consistent-hash', queues: ['b', 'c'] },
    });
    expect(await reach('main')).toEqual({ queues: ['a'], gap: 'exchangeType', byHeaders: false });
    expect(await reach('hash')).toEqual({ queues: [], gap: 'exchangeType', byHeaders: false });
  });

  it('that delays messages decides like the type it names', async () => {
    const type = 'x-delayed-message';
    const reach = knowing({
      later: { type, arguments: { 'x-delayed-type': 'direct' }, queues: ['a'] },
      spare: { type, arguments: { 'x-delayed-type': 'direct', 'alternate-exchange': 'later' }, queues: ['b'] },
      hash: { type, arguments: { 'x-delayed-type': 'x-consistent-hash' }, queues: ['a'] },
    });
    expect(await reach('later', delay)).toEqual({ queues: ['a'], gap: null, byHeaders: false });
    expect(await reach('spare')).toMatchObject({ queues: ['b'], gap: null });
    // It finds nothing at first, and what the alternate exchange then does is not ours to say.
    expect(await reach('spare', delay)).toMatchObject({ queues: ['b'], gap: 'exchangeType' });
    expect(await reach('hash')).toMatchObject({ queues: [], gap: 'exchangeType' });
  });
});

describe('A way', () => {
  it('in a circle comes to its end', async () => {
    const reach = knowing({
      a: { queues: ['q'], exchanges: ['b'] },
      b: { queues: ['r'], exchanges: ['a', 'b', 'gone'] },
    });
    expect(await reach('a')).toEqual({ queues: ['q', 'r'], gap: null, byHeaders: false });
  });

  it('over more exchanges than anybody binds is followed only so far', async () => {
    const chain = Array.from({ length: 200 }, (_, at): [string, FakeExchange] => [
      `e${at}`,
      { queues: [`q${at}`], exchanges: [`e${at + 1}`] },
    ]);
    const { queues, gap } = await knowing(Object.fromEntries(chain))('e0');
    expect(gap).toBe('tooWide');
    expect(queues).toHaveLength(64);
  });

  it('is not known where the policy that may name an alternate exchange cannot be read', async () => {
    const policy = () => Promise.reject(new BrokerError('connection', 'the management API answered 401'));
    const reach = knowing({ main: { policy: 'p', queues: ['a'] } }, policy);
    expect(await reach('main')).toMatchObject({ queues: ['a'], gap: null });
    expect(await reach('main', [], 'other')).toMatchObject({ queues: [], gap: 'notAnswered' });
  });
});
