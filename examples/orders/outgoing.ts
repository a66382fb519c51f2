import { randomUUID } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';
import { withWireTypes } from './headers.ts';
import type { Headers } from './headers.ts';
import type { Outgoing } from './publisher.ts';
import type { Route } from './topology.ts';

interface NewMessage {
  /** The message's type, such as `order.refund.requested`. */
  type: string;
  /** The part of the application that sends it. */
  from: string;
  /** The same for everything that follows from one request. */
  correlationId: string;
  body: unknown;
  headers?: Headers;
}

/** A message as this application writes them: JSON, persistent, with an id, a time (in seconds) and typed headers. */
export function newMessage(route: Route, message: NewMessage): Outgoing {
  const text = typeof message.body === 'string' ? message.body : JSON.stringify(message.body);
  return {
    exchange: route.exchange,
    routingKey: route.routingKey,
    body: Buffer.from(text),
    properties: {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      persistent: true,
      messageId: randomUUID(),
      correlationId: message.correlationId,
      timestamp: Math.floor(Date.now() / 1000),
      type: message.type,
      appId: message.from,
    },
    headers: withWireTypes({ 'schema-version': 2, ...message.headers }),
  };
}

/** The request that a message belongs to; a message without one begins its own. */
export function correlationOf(message: ConsumeMessage): string {
  const { correlationId } = message.properties as { correlationId?: unknown };
  return typeof correlationId === 'string' ? correlationId : randomUUID();
}
