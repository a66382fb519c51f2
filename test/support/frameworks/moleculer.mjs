// Two groups of moleculer services on one AMQP channel. Refunds are tried three times, then they go to the dead letter queue;
// the audit never fails.
import channels from '@moleculer/channels';
import { ServiceBroker } from 'moleculer';

import { say, serve, work } from './stdio.mjs';

const name = process.argv[2] ?? '';
const durable = { durable: true };

/** It looks for the version in amqplib's package.json, which amqplib no longer shows. */
class AmqpAdapter extends channels.Adapters.AMQP {
  /** @override */
  checkClientLibVersion() {
    return true;
  }
}
/** Its types ask for every default too, and for an adapter's name alone. @type {unknown} */
const options = {
  adapter: new AmqpAdapter({
    amqp: { url: process.env['TEST_AMQP_URL'], queueOptions: durable, exchangeOptions: durable },
  }),
};
/** Moleculer's types do not know that a middleware may have a name. @type {unknown} */
const middleware = channels.Middleware(/** @type {Parameters<typeof channels.Middleware>[0]} */ (options));

const broker = new ServiceBroker({
  logger: { type: 'Console', options: { level: 'error' } },
  middlewares: [/** @type {import('moleculer').Middleware} */ (middleware)],
});
broker.createService({
  name: 'refunds',
  channels: {
    [`${name}.cancelled`]: {
      group: `${name}.refunds`,
      maxRetries: 3,
      deadLettering: { enabled: true, queueName: `${name}.dead`, exchangeName: `${name}.dlx` },
      handler: work,
    },
  },
});
broker.createService({
  name: 'audit',
  channels: {
    [`${name}.cancelled`]: {
      group: `${name}.audit`,
      handler: (/** @type {import('./stdio.mjs').Order} */ order) =>
        say({ order: { ...order, group: 'audit' }, ok: true }),
    },
  },
});
await broker.start();

serve({
  send: (order) => broker.sendToChannel(`${name}.cancelled`, order, { persistent: true, headers: { tenant: 'acme' } }),
  stop: () => broker.stop(),
});
