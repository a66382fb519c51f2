// A moleculer service on an AMQP channel: three tries, then the dead letter queue.
import channels from '@moleculer/channels';
import { ServiceBroker } from 'moleculer';

import { serve, work } from './stdio.mjs';

const name = process.argv[2] ?? '';
const durable = { durable: true };

/** It looks for the version in amqplib's package.json, which amqplib no longer shows. */
class AmqpAdapter extends channels.Adapters.AMQP {
  checkClientLibVersion() {
    return true;
  }
}

const broker = new ServiceBroker({
  logger: { type: 'Console', options: { level: 'error' } },
  middlewares: [
    channels.Middleware({
      adapter: new AmqpAdapter({
        amqp: { url: process.env['TEST_AMQP_URL'], queueOptions: durable, exchangeOptions: durable },
      }),
    }),
  ],
});
broker.createService({
  name: 'orders',
  channels: {
    [`${name}.cancelled`]: {
      group: `${name}.refunds`,
      maxRetries: 3,
      deadLettering: { enabled: true, queueName: `${name}.dead`, exchangeName: `${name}.dlx` },
      handler: work,
    },
  },
});
await broker.start();

serve({
  send: (order) =>
    broker.sendToChannel(`${name}.cancelled`, order, { persistent: true, headers: { tenant: 'acme' } }),
  stop: () => broker.stop(),
});
