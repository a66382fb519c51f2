import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import type { HeaderTable } from '../../../server/amqp/message.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import { uniqueName, waitFor } from '../../support/services.ts';
import { openWire, type Wire } from '../../support/wire.ts';

let desk: OperationDesk;
let wire: Wire;

beforeEach(async () => {
  desk = await openOperationDesk();
  wire = await openWire();
});

afterEach(async () => {
  await wire.close();
  await desk.close();
});

const targets = async (ids: string[], managementUrl?: string | null) =>
  (await desk.preview({ action: 'resend', selection: { ids } }, managementUrl === undefined ? {} : { managementUrl }))
    .targets;

/** An exchange and so many queues that get everything from it, in the order of their names. */
const fanout = async (count: number) => {
  const exchange = await wire.exchange('fanout');
  const queues: string[] = [];
  while (queues.length < count) {
    const queue = await wire.queue();
    await wire.channel.bindQueue(queue, exchange, '');
    queues.push(queue);
  }
  return { exchange, queues: queues.sort() };
};

describe('A preview says which queues would get a copy', () => {
  it('and which of them are not the one that a message failed in', async () => {
    const { exchange, queues } = await fanout(2);
    const [failed = '', other = ''] = queues;
    const ids = await desk.seed([{ exchange, routingKey: 'k', queue: failed }]);
    expect(await targets(ids)).toEqual([
      {
        ...{ exchange, routingKey: 'k', count: 1, exists: true, routing: 'known' },
        ...{ queues, failedIn: [failed], failedInUnknown: 0, alsoReaches: [other] },
      },
    ]);
  });

  it('also when all of them failed: each message reaches the queue of the other', async () => {
    const { exchange, queues } = await fanout(2);
    const ids = await desk.seed(queues.map((queue) => ({ exchange, routingKey: 'k', queue })));
    expect(await targets(ids)).toMatchObject([{ queues, failedIn: queues, alsoReaches: queues }]);
  });

  it('and how many messages do not say where they failed', async () => {
    const { exchange, queues } = await fanout(1);
    const ids = await desk.seed([{ exchange, routingKey: 'k' }]);
    expect(await targets(ids)).toMatchObject([{ queues, failedIn: [], failedInUnknown: 1, alsoReaches: [] }]);
  });

  it('and that none would', async () => {
    const exchange = await wire.exchange('direct');
    const ids = await desk.seed([{ exchange, routingKey: 'k', queue: uniqueName('gone') }]);
    expect(await targets(ids)).toMatchObject([{ exists: true, routing: 'known', queues: [], alsoReaches: [] }]);
  });

  it('and only its own, for messages that go back to the queue they failed in', async () => {
    const { exchange, queues } = await fanout(2);
    const [queue = ''] = queues;
    const ids = await desk.seed([{ exchange, routingKey: 'k', queue }]);
    const preview = await desk.preview(
      { action: 'resend', selection: { ids }, target: { kind: 'queue' } },
      { managementUrl: null },
    );
    expect(preview.targets).toMatchObject([{ exchange: '', queues: [queue], failedIn: [queue], alsoReaches: [] }]);
  });

  it('message by message where headers decide, by the headers that will be sent', async () => {
    const exchange = await wire.exchange('headers');
    const [korea, japan, dead] = [await wire.queue(), await wire.queue(), await wire.queue()];
    await wire.channel.bindQueue(korea, exchange, '', { tenant: 'kr' });
    await wire.channel.bindQueue(japan, exchange, '', { tenant: 'jp' });
    // What the broker adds to a dead message is not sent again.
    await wire.channel.bindQueue(dead, exchange, '', { 'x-match': 'any-with-x', 'x-first-death-reason': 'rejected' });
    const from = (tenant: string, queue: string) => {
      const headers: HeaderTable = [
        { name: 'tenant', type: 'string', value: tenant },
        { name: 'x-first-death-reason', type: 'string', value: 'rejected' },
      ];
      return { exchange, routingKey: 'k', queue, contents: { properties: {}, headers, body: Buffer.from('x') } };
    };
    const ids = await desk.seed([from('kr', korea), from('jp', japan)]);
    const queues = [korea, japan].sort();
    expect(await targets(ids)).toMatchObject([
      { routing: 'known', queues, failedIn: queues, failedInUnknown: 0, alsoReaches: [] },
    ]);
    const many = await desk.seed(Array.from({ length: 30 }, () => from('kr', japan)));
    expect(await targets(many)).toMatchObject([
      { count: 30, routing: 'headers', queues: [korea], failedIn: [japan], alsoReaches: [korea] },
    ]);
  });
});

describe('A preview without an answer of the management API', () => {
  let slow: Server | null = null;

  afterEach(() => {
    slow?.closeAllConnections();
    slow?.close();
    slow = null;
  });

  it('says that it cannot tell, where there is none', async () => {
    const { exchange } = await fanout(1);
    const [target] = await targets(await desk.seed([{ exchange, routingKey: 'k' }]), null);
    expect(target).toMatchObject({ exists: true, routing: 'notConfigured', alsoReaches: [] });
    expect(target).not.toHaveProperty('queues');
  });

  it('is there within a second, where it takes its time', async () => {
    const asked: (string | undefined)[] = [];
    slow = createServer(({ url }) => {
      asked.push(url);
    }).listen(0, '127.0.0.1');
    await waitFor(() => slow?.listening);
    const { port } = slow.address() as AddressInfo;
    const { exchange } = await fanout(1);
    const ids = await desk.seed([{ exchange, routingKey: 'k' }]);
    const began = performance.now();
    const [target] = await targets(ids, `http://127.0.0.1:${port}`);
    expect(performance.now() - began).toBeLessThan(1_500);
    expect(asked.length).toBeGreaterThan(0);
    expect(target).toMatchObject({ exists: true, routing: 'notAnswered' });
    expect(target).not.toHaveProperty('queues');
  });
});
