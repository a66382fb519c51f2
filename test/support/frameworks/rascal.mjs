// Rascal with a subscription for each way in which it gives a message up: it nacks it at once; republishes it twice before;
// republishes it once, with its error, to be nacked unseen; or forwards it to a dead queue.
// @ts-expect-error It brings no types.
import rascal from 'rascal';

import { serve, work } from './stdio.mjs';

const name = process.argv[2] ?? '';
const queue = (/** @type {string} */ end) => ({ [`${name}.${end}`]: { options: { durable: true } } });
const dying = (/** @type {string} */ end) => ({
  [`${name}.${end}`]: { options: { durable: true, arguments: { 'x-dead-letter-exchange': `${name}.dlx` } } },
});

const broker = await rascal.BrokerAsPromised.create(
  rascal.withDefaultConfig({
    vhosts: {
      test: {
        connection: { url: process.env['TEST_AMQP_URL'] },
        publicationChannelPools: { regularPool: { max: 1, min: 1 }, confirmPool: { max: 1, min: 1 } },
        exchanges: [`${name}.orders`, `${name}.dlx`, `${name}.failed`],
        queues: {
          ...dying('nacked'),
          ...dying('republished'),
          ...dying('noted'),
          ...queue('forwarded'),
          ...queue('dead'),
        },
        bindings: [
          `${name}.orders[order.nack] -> ${name}.nacked`,
          `${name}.orders[order.republish] -> ${name}.republished`,
          `${name}.orders[order.note] -> ${name}.noted`,
          `${name}.orders[order.forward] -> ${name}.forwarded`,
          `${name}.dlx[#] -> ${name}.dead`,
          `${name}.failed[#] -> ${name}.dead`,
        ],
      },
    },
    publications: {
      nack: { vhost: 'test', exchange: `${name}.orders`, routingKey: 'order.nack' },
      republish: { vhost: 'test', exchange: `${name}.orders`, routingKey: 'order.republish' },
      note: { vhost: 'test', exchange: `${name}.orders`, routingKey: 'order.note' },
      forward: { vhost: 'test', exchange: `${name}.orders`, routingKey: 'order.forward' },
      failed: { vhost: 'test', exchange: `${name}.failed`, routingKey: 'failed' },
    },
    subscriptions: {
      nack: { vhost: 'test', queue: `${name}.nacked` },
      republish: { vhost: 'test', queue: `${name}.republished` },
      note: { vhost: 'test', queue: `${name}.noted` },
      forward: { vhost: 'test', queue: `${name}.forwarded` },
    },
  }),
);
broker.on('error', (/** @type {Error} */ error) => console.error(error.message));

/** @type {Record<string, object[]>} */
const recovery = {
  nack: [{ strategy: 'nack' }],
  republish: [{ strategy: 'republish', attempts: 2 }, { strategy: 'nack' }],
  note: [{ strategy: 'republish', immediateNack: true }],
  forward: [{ strategy: 'forward', publication: 'failed' }],
};
for (const [subscription, strategies] of Object.entries(recovery)) {
  const session = await broker.subscribe(subscription);
  session.on(
    'message',
    /**
     * @param {unknown} _message
     * @param {import('./stdio.mjs').Order} order
     * @param {(error?: unknown, recovery?: object[]) => void} ackOrNack
     */
    (_message, order, ackOrNack) => {
      try {
        work(order);
        ackOrNack();
      } catch (error) {
        ackOrNack(error, strategies);
      }
    },
  );
}

serve({
  send: (order) => broker.publish(String(order['how']), order),
  stop: () => broker.shutdown(),
});
