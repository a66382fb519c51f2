// A NestJS microservice with manual acknowledgement: it rejects an order that fails, and it has no handler at all for
// `order.return` until it is mended.
import 'reflect-metadata';

import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Ctx, EventPattern, Payload, Transport } from '@nestjs/microservices';
import { connect } from 'amqplib';
import { lastValueFrom } from 'rxjs';

import { serve, work } from './stdio.mjs';

const name = process.argv[2] ?? '';
const options = {
  urls: [process.env['TEST_AMQP_URL'] ?? ''],
  queue: `${name}.orders`,
  queueOptions: {
    durable: true,
    arguments: { 'x-dead-letter-exchange': '', 'x-dead-letter-routing-key': `${name}.dead` },
  },
};

class Orders {
  /**
   * @param {import('./stdio.mjs').Order} order
   * @param {import('@nestjs/microservices').RmqContext} context
   */
  handle(order, context) {
    const channel = context.getChannelRef();
    try {
      work(order);
      channel.ack(context.getMessage());
    } catch {
      channel.nack(context.getMessage(), false, false);
    }
  }
}
// What a compiler makes of decorators.
Payload()(Orders.prototype, 'handle', 0);
Ctx()(Orders.prototype, 'handle', 1);
Controller()(Orders);
class Shop {}
Module({ controllers: [Orders] })(Shop);

/** @param {string[]} patterns what it has a handler for */
async function listen(patterns) {
  const descriptor = Object.getOwnPropertyDescriptor(Orders.prototype, 'handle');
  if (descriptor) EventPattern(patterns)(Orders.prototype, 'handle', descriptor);
  const app = await NestFactory.createMicroservice(Shop, {
    transport: Transport.RMQ,
    options: { ...options, noAck: false },
    logger: ['error'],
  });
  await app.listen();
  return app;
}

const connection = await connect(process.env['TEST_AMQP_URL'] ?? '');
await (await connection.createChannel()).assertQueue(`${name}.dead`);
await connection.close();

const client = ClientProxyFactory.create({
  transport: Transport.RMQ,
  options: { ...options, noAssert: true, persistent: true },
});
let app = await listen(['order.cancel']);

serve({
  send: (order) => lastValueFrom(client.emit(String(order['pattern']), order), { defaultValue: null }),
  mend: async (order) => {
    if (order['pattern'] !== 'order.return') return;
    await app.close();
    app = await listen(['order.cancel', 'order.return']);
  },
  stop: async () => {
    await client.close();
    await app.close();
  },
});
