import { afterEach, beforeEach, expect, it } from 'vitest';

import type { ItemError } from '../../../server/contract/errors.ts';
import type { Outcome } from '../../../server/contract/operations.ts';
import { LEASE_TIMES } from '../../../server/operations/lease.ts';
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

const MESSAGES = 1_000;
/** Of a kind that costs little; three of one that does. */
const OF_A_KIND = 40;
const FEW = 3;
const LARGE = 17 * 1024 * 1024;
/** More than a frame holds. */
const LONG_HEADER = 140_000;

const brokerVersion = async () => {
  const { serverVersion } = await wire.connect().connected(5_000);
  return Number(serverVersion.split('.')[0]);
};

interface Kind {
  message: Omit<SeededMessage, 'queue'>;
  outcome: Outcome;
  code: ItemError;
  count?: number;
}

it('Of a thousand messages, selected by a filter, of every kind of trouble, each has exactly its own outcome, and a stopped target holds up no other', async () => {
  const direct = await wire.exchange('direct');
  const destination = await wire.queue();
  await wire.channel.bindQueue(destination, direct, 'good');
  const internal = await wire.exchange('fanout', { internal: true });
  const forbidden = await wire.exchange('fanout');
  const missing = await wire.exchange();
  await wire.channel.deleteExchange(missing);
  const full = await wire.queue({ maxLength: 1, overflow: 'reject-publish' });
  wire.channel.sendToQueue(full, Buffer.from('fills it'));
  const amqpUrl = await brokerUserWithout(wire, forbidden);
  const good = { exchange: direct, routingKey: 'good' };
  const withProperties = (properties: object) => ({ ...good, contents: { properties, body: Buffer.from('x') } });

  const kinds: Kind[] = [
    { message: { exchange: direct, routingKey: 'nobody' }, outcome: 'unroutable', code: 'item.noRoute' },
    { message: { exchange: '', routingKey: 'test.no-queue' }, outcome: 'unroutable', code: 'item.queueMissing' },
    { message: { exchange: missing, routingKey: 'k' }, outcome: 'refused', code: 'item.exchangeMissing' },
    { message: { exchange: internal, routingKey: 'k' }, outcome: 'refused', code: 'item.exchangeInternal' },
    { message: { exchange: forbidden, routingKey: 'k' }, outcome: 'refused', code: 'item.accessRefused' },
    { message: { exchange: '', routingKey: full }, outcome: 'refused', code: 'item.nacked' },
    {
      message: {
        ...good,
        contents: {
          properties: {},
          headers: [{ name: 'long', type: 'string', value: 'x'.repeat(LONG_HEADER) }],
          body: Buffer.from('x'),
        },
      },
      outcome: 'refused',
      code: 'item.headersTooLarge',
      count: FEW,
    },
    {
      message: {
        ...good,
        contents: {
          properties: {},
          headers: [{ name: 'odd', type: 'unparsed', value: 'AA==' }],
          body: Buffer.from('x'),
        },
      },
      outcome: 'skipped',
      code: 'item.notExact',
    },
    { message: withProperties({ expiration: 'soon' }), outcome: 'skipped', code: 'item.notExact' },
    { message: withProperties({ replyTo: 'amq.rabbitmq.reply-to' }), outcome: 'skipped', code: 'item.notExact' },
    { message: { ...good, inexactParts: ['body'] }, outcome: 'skipped', code: 'item.notExact' },
    { message: {}, outcome: 'skipped', code: 'item.originUnknown' },
  ];
  // RabbitMQ 3 takes bodies of up to 128 MiB.
  if ((await brokerVersion()) >= 4) {
    const contents = { properties: {}, body: Buffer.alloc(LARGE, 1) };
    kinds.push({ message: { ...good, contents }, outcome: 'refused', code: 'item.tooLarge', count: FEW });
  }

  // Bad ones are spread among good ones: the last ones of a stopped target are behind most of the others.
  const bad = kinds.flatMap((kind) =>
    Array.from({ length: kind.count ?? OF_A_KIND }, (_, index) => ({ kind, at: index / (kind.count ?? OF_A_KIND) })),
  );
  const goodOnes = Array.from({ length: MESSAGES - bad.length }, (_, index) => ({
    kind: null,
    at: index / (MESSAGES - bad.length),
  }));
  const all = [...bad, ...goodOnes].sort((a, b) => a.at - b.at).map(({ kind }) => kind);
  const ids = await desk.seed(
    all.map((kind, index) => ({
      ...(kind?.message ?? { ...good, contents: { ...resend(`m${index}`), headers: [] } }),
      queue: 'shop.orders',
    })),
  );

  const filter = { queue: ['shop.orders'] };
  const { count, upToId } = await desk.preview({ action: 'resend', selection: { filter } });
  expect(count).toBe(MESSAGES);
  desk.instance({ amqpUrl, times: LEASE_TIMES });
  const { id } = await desk.plan({
    action: 'resend',
    selection: { filter, upToId: upToId ?? '', expectedCount: MESSAGES },
  });
  const operation = await desk.ended(id, 60_000);

  const items = await desk.items(id);
  const got = ids.map((messageId) => {
    const item = items.get(messageId);
    return { outcome: item?.outcome, code: item?.error?.code ?? null };
  });
  expect(got).toEqual(all.map((kind) => ({ outcome: kind?.outcome ?? 'confirmed', code: kind?.code ?? null })));
  const countOf = (outcome: Outcome) => all.filter((kind) => (kind?.outcome ?? 'confirmed') === outcome).length;
  expect(operation).toMatchObject({
    status: 'finished',
    total: MESSAGES,
    outcomes: {
      confirmed: countOf('confirmed'),
      unroutable: countOf('unroutable'),
      refused: countOf('refused'),
      skipped: countOf('skipped'),
      failed: 0,
      unknown: 0,
    },
  });
  expect((await desk.messages(ids)).map(({ status }) => status)).toEqual(
    all.map((kind) => (kind === null ? 'resent' : 'pending')),
  );
  // Every good one, in id order, once, and nothing else: not even the ones behind a target that takes nothing more.
  expect((await wire.drain(destination)).map(idOf)).toEqual(
    all.flatMap((kind, index) => (kind === null ? [`m${index}`] : [])),
  );
  expect(await wire.drain(full)).toHaveLength(1);
}, 90_000);
