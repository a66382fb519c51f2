import type { Channel, ChannelModel } from 'amqplib';

/**
 * What the order-cancellation pipeline declares on the broker. Importing this file does nothing.
 *
 * ```
 * orders (topic)  ─▶ orders.cancel                     rejected, time-outs             ─▶ orders.dead
 *                 ─▶ orders.stock    3 messages, drop-head: maxlen                      ─▶ orders.dead
 *                 ─▶ orders.refund   quorum, delivery limit 3: delivery_limit           ─▶ refunds.dead (quorum)
 *                 ─▶ orders.receipt  quorum, delivery limit 2: a worker that crashes    ─▶ refunds.dead
 * notice (direct) ─▶ notice.send                       unknown template                ─▶ notice.dead
 *                 ─▶ notice.talk     8 s to live: expired                               ─▶ notice.dead
 * orders.retry.1s, orders.retry.3s, notice.retry.1s: delay queues; their messages expire back to where they came from
 * dead (topic): the dead-letter exchange of all of them
 * ```
 */

/** The dead queues, as the office is told to watch them (`DEAD_QUEUES`). */
export const DEAD_QUEUES: string[] = ['orders.dead', 'refunds.dead', 'notice.dead'];

/** How long a talk notice may wait for its sender (ms). */
export const TALK_TIME_TO_LIVE = 8_000;
/** How many stock messages may wait; the oldest is dropped for the next one. */
export const STOCK_LIMIT = 3;

/** Where one of the pipeline's messages goes: the exchange, its key, and the queue that the key leads to. */
export interface Route {
  exchange: string;
  routingKey: string;
  queue: string;
}

/** A retry by way of a delay queue: publish to the exchange with the message's own key, and it is back after `delay` ms. */
export interface Delay {
  exchange: string;
  delay: number;
}

/** Every name that the pipeline uses, each behind `prefix` (empty by default) so that several can share a broker. */
export interface Names {
  orders: string;
  notice: string;
  dead: string;
  /** Routes by the work they lead to. */
  routes: Record<RouteName, Route>;
  /** By the exchange to come back to: the wait before the first retry, the second, …; the last one serves the rest. */
  delays: { orders: Delay[]; notice: Delay[] };
  deadQueues: { orders: string; refunds: string; notice: string };
}

export const ROUTE_NAMES = ['cancel', 'cancelBulk', 'refund', 'stock', 'receipt', 'notice', 'talk'] as const;
export type RouteName = (typeof ROUTE_NAMES)[number];

export function namesFor(prefix = ''): Names {
  const orders = `${prefix}orders`;
  const notice = `${prefix}notice`;
  const route = (exchange: string, routingKey: string, queue: string): Route => ({
    exchange,
    routingKey,
    queue: `${exchange}.${queue}`,
  });
  return {
    orders,
    notice,
    dead: `${prefix}dead`,
    routes: {
      cancel: route(orders, 'order.cancel.requested', 'cancel'),
      cancelBulk: route(orders, 'order.cancel.bulk', 'cancel'),
      refund: route(orders, 'order.refund.requested', 'refund'),
      stock: route(orders, 'order.stock.returned', 'stock'),
      receipt: route(orders, 'order.receipt.requested', 'receipt'),
      notice: route(notice, 'send', 'send'),
      talk: route(notice, 'talk', 'talk'),
    },
    delays: {
      orders: [
        { exchange: `${orders}.retry.1s`, delay: 1_000 },
        { exchange: `${orders}.retry.3s`, delay: 3_000 },
      ],
      notice: [{ exchange: `${notice}.retry.1s`, delay: 1_000 }],
    },
    deadQueues: { orders: `${prefix}orders.dead`, refunds: `${prefix}refunds.dead`, notice: `${prefix}notice.dead` },
  };
}

interface QueueSpec {
  name: string;
  arguments: Record<string, unknown>;
}

const CLASSIC = { 'x-queue-type': 'classic' };
const QUORUM = { 'x-queue-type': 'quorum' };

/** The work and delay queues. */
function workQueues(names: Names): QueueSpec[] {
  const { routes, deadQueues, delays } = names;
  const deadTo = (deadQueue: string) => ({
    'x-dead-letter-exchange': names.dead,
    'x-dead-letter-routing-key': deadQueue,
  });
  return [
    { name: routes.cancel.queue, arguments: { ...CLASSIC, ...deadTo(deadQueues.orders) } },
    {
      name: routes.stock.queue,
      arguments: { ...CLASSIC, 'x-max-length': STOCK_LIMIT, 'x-overflow': 'drop-head', ...deadTo(deadQueues.orders) },
    },
    { name: routes.refund.queue, arguments: { ...QUORUM, 'x-delivery-limit': 3, ...deadTo(deadQueues.refunds) } },
    { name: routes.receipt.queue, arguments: { ...QUORUM, 'x-delivery-limit': 2, ...deadTo(deadQueues.refunds) } },
    { name: routes.notice.queue, arguments: { ...CLASSIC, ...deadTo(deadQueues.notice) } },
    {
      name: routes.talk.queue,
      arguments: { ...CLASSIC, 'x-message-ttl': TALK_TIME_TO_LIVE, ...deadTo(deadQueues.notice) },
    },
    // No dead-letter routing key here: what expires keeps the key it came with, and so finds its way back.
    ...delays.orders.map(({ exchange, delay }) => ({
      name: exchange,
      arguments: { ...CLASSIC, 'x-message-ttl': delay, 'x-dead-letter-exchange': names.orders },
    })),
    ...delays.notice.map(({ exchange, delay }) => ({
      name: exchange,
      arguments: { ...CLASSIC, 'x-message-ttl': delay, 'x-dead-letter-exchange': names.notice },
    })),
  ];
}

/**
 * The dead queues. A quorum queue counts how often a message comes back from its reader and, past its limit, drops it:
 * a dead queue must not. RabbitMQ 4 has such a limit by default and takes -1 for none; 3.x has none and refuses -1.
 */
function deadQueueSpecs(names: Names, brokerVersion: string): QueueSpec[] {
  const unlimited = Number.parseInt(brokerVersion, 10) >= 4 ? { 'x-delivery-limit': -1 } : {};
  return [
    { name: names.deadQueues.orders, arguments: CLASSIC },
    { name: names.deadQueues.refunds, arguments: { ...QUORUM, ...unlimited } },
    { name: names.deadQueues.notice, arguments: CLASSIC },
  ];
}

function exchanges(names: Names): [name: string, type: 'topic' | 'direct' | 'fanout'][] {
  return [
    [names.orders, 'topic'],
    [names.notice, 'direct'],
    [names.dead, 'topic'],
    ...[...names.delays.orders, ...names.delays.notice].map(({ exchange }): [string, 'fanout'] => [exchange, 'fanout']),
  ];
}

/**
 * Declares everything, and may be called again at any time: what is there stays.
 * Rejects with the broker's error when a name is taken by something of another kind.
 */
export async function declareTopology(connection: ChannelModel, names: Names): Promise<void> {
  await onChannel(connection, async (channel) => {
    for (const [name, type] of exchanges(names)) await channel.assertExchange(name, type, { durable: true });
  });
  for (const queue of deadQueueSpecs(names, connection.connection.serverProperties.version)) {
    await declareDeadQueue(connection, queue);
  }
  await onChannel(connection, async (channel) => {
    for (const name of Object.values(names.deadQueues)) await channel.bindQueue(name, names.dead, name);
    for (const queue of workQueues(names)) {
      await channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments });
    }
    for (const { exchange, routingKey, queue } of Object.values(names.routes)) {
      await channel.bindQueue(queue, exchange, routingKey);
      // By its own name as well: what was sent to the queue alone (default exchange) then finds back from a delay queue.
      await channel.bindQueue(queue, exchange, queue);
    }
    for (const { exchange } of [...names.delays.orders, ...names.delays.notice]) {
      await channel.bindQueue(exchange, exchange, '');
    }
  });
}

/** Deletes what `declareTopology` declared, with all messages in it. */
export async function deleteTopology(connection: ChannelModel, names: Names): Promise<void> {
  await onChannel(connection, async (channel) => {
    const queues = [...workQueues(names).map(({ name }) => name), ...Object.values(names.deadQueues)];
    for (const name of queues) await channel.deleteQueue(name);
    for (const [name] of exchanges(names)) await channel.deleteExchange(name);
  });
}

/** After an upgrade from RabbitMQ 3 the quorum dead queue is there without its `-1`: it is used as it is. */
async function declareDeadQueue(connection: ChannelModel, queue: QueueSpec): Promise<void> {
  try {
    await onChannel(connection, (channel) =>
      channel.assertQueue(queue.name, { durable: true, arguments: queue.arguments }),
    );
  } catch (error) {
    const otherArguments = error instanceof Error && 'code' in error && error.code === 406;
    if (!otherArguments || !('x-delivery-limit' in queue.arguments)) throw error;
    await onChannel(connection, (channel) => channel.checkQueue(queue.name));
  }
}

async function onChannel<T>(connection: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await connection.createChannel();
  // The call that the broker refused rejects by itself; without a listener the same error would end the process.
  channel.on('error', () => undefined);
  const result = await work(channel);
  await channel.close();
  return result;
}
