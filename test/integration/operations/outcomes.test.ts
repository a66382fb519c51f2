import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { brokerUserWithout } from '../../support/broker-user.ts';
import { openOperationDesk, type OperationDesk } from '../../support/operations.ts';
import type { SeededMessage } from '../../support/seed-messages.ts';
import { idOf, openWire, resend, type Wire } from '../../support/wire.ts';

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

const LARGE = 17 * 1024 * 1024;

const serverVersion = async () => {
  const connection = wire.connect();
  const { serverVersion: version } = await connection.connected(5_000);
  return Number(version.split('.')[0]);
};

describe('Among a thousand messages', () => {
  it('each has exactly its own outcome, sums are right, and what was not delivered is pending again', async () => {
    const direct = await wire.exchange('direct');
    const queue = await wire.queue();
    await wire.channel.bindQueue(queue, direct, 'good');
    const internal = await wire.exchange('fanout', { internal: true });
    const forbidden = await wire.exchange('fanout');
    const full = await wire.queue({ maxLength: 1, overflow: 'reject-publish' });
    wire.channel.sendToQueue(full, Buffer.from('fills it'));
    const amqpUrl = await brokerUserWithout(wire, forbidden);
    // RabbitMQ 3 takes bodies of up to 128 MiB.
    const refusesLarge = (await serverVersion()) >= 4;

    const large = { properties: {}, body: Buffer.alloc(LARGE, 1) };
    const bad: [SeededMessage, object][] = [
      [
        { exchange: direct, routingKey: 'nobody' },
        { outcome: 'unroutable', error: { code: 'item.noRoute' } },
      ],
      [
        { exchange: 'test.missing', routingKey: 'k' },
        { outcome: 'refused', error: { code: 'item.exchangeMissing' } },
      ],
      [
        { exchange: internal, routingKey: 'k' },
        { outcome: 'refused', error: { code: 'item.exchangeInternal' } },
      ],
      [
        { exchange: forbidden, routingKey: 'k' },
        { outcome: 'refused', error: { code: 'item.accessRefused' } },
      ],
      [
        { exchange: '', routingKey: full },
        { outcome: 'refused', error: { code: 'item.nacked' } },
      ],
      [
        { exchange: '', routingKey: 'test.no-queue' },
        { outcome: 'unroutable', error: { code: 'item.queueMissing' } },
      ],
      [
        { exchange: direct, routingKey: 'good', contents: large },
        refusesLarge ? { outcome: 'refused', error: { code: 'item.tooLarge' } } : { outcome: 'confirmed' },
      ],
    ];
    const all: { message: SeededMessage; expected: object }[] = Array.from({ length: 1_000 }, (_, index) => ({
      message: { exchange: direct, routingKey: 'good', contents: { ...resend(`m${index}`), headers: [] } },
      expected: { outcome: 'confirmed' },
    }));
    // Three of each kind of bad ones, spread among the good ones.
    for (const [kind, [message, expected]] of bad.entries()) {
      for (const at of [20 + kind, 333 + 7 * kind, 800 + kind]) all.splice(at, 0, { message, expected });
    }
    const ids = await desk.seed(all.map(({ message }) => message));
    desk.instance({ amqpUrl, times: { leaseMs: 15_000, leaveWithinMs: 5_000 } });
    const { id } = await desk.plan({ action: 'resend', selection: { ids } });
    const operation = await desk.ended(id, 60_000);

    const items = await desk.items(id);
    const got = ids.map((messageId) => items.get(messageId));
    for (const [index, { expected }] of all.entries()) expect(got[index]).toMatchObject(expected);
    const confirmed = got.filter((item) => item?.outcome === 'confirmed').length;
    expect(operation).toMatchObject({
      status: 'finished',
      total: 1_021,
      outcomes: { confirmed, unroutable: 6, refused: 1_015 - confirmed, failed: 0, unknown: 0, skipped: 0 },
    });
    for (const [index, { status }] of (await desk.messages(ids)).entries()) {
      expect(status).toBe(got[index]?.outcome === 'confirmed' ? 'resent' : 'pending');
    }
    // In id order, each once.
    const arrived = (await wire.drain(queue)).map(idOf).filter((name) => name !== '?');
    expect(arrived).toEqual(Array.from({ length: 1_000 }, (_, index) => `m${index}`));
    const counted: unknown = await desk.database('failure_counts').sum({ n: 'resent' }).first();
    expect(Number(z.object({ n: z.string() }).parse(counted).n)).toBe(confirmed);
  });
});

describe('A message that is nacked', () => {
  it('by one of several queues is unknown: the others may have it', async () => {
    const fanout = await wire.exchange('fanout');
    const [full, open] = [await wire.queue({ maxLength: 1, overflow: 'reject-publish' }), await wire.queue()];
    wire.channel.sendToQueue(full, Buffer.from('fills it'));
    await wire.channel.bindQueue(full, fanout, '');
    await wire.channel.bindQueue(open, fanout, '');
    const ids = await desk.seed([{ exchange: fanout, routingKey: '' }]);
    desk.instance();
    const { id } = await desk.plan({ action: 'resend', selection: { ids } });
    expect((await desk.ended(id)).outcomes.unknown).toBe(1);
    expect(await desk.messages(ids)).toMatchObject([{ status: 'unknown' }]);
    expect((await desk.items(id)).get(ids[0] ?? '')).toMatchObject({ error: { code: 'item.nackedByOneOfSeveral' } });
  });
});
