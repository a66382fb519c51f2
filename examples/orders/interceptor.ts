import type { Channel, ConsumeMessage } from 'amqplib';
import { failureHeaders, ownHeaders, ownProperties, retriesOf, retryCountHeader } from './headers.ts';
import type { Publisher } from './publisher.ts';
import type { Delay } from './topology.ts';
import { treatmentOf } from './worker-error.ts';

/** How often a message is tried again before it goes to the dead queue. */
export const RETRY_BUDGET = 3;

/** What becomes of a message after its worker had it. `retries` is the count that it then carries. */
export type Decision =
  | { action: 'pass' }
  | { action: 'retry'; exchange: string; retries: number }
  | { action: 'dead'; retries: number }
  | { action: 'reject' }
  | { action: 'requeue' };

/** Pure: the outcome of the work (null: it succeeded) and the retries so far decide. */
export function decide(error: Error | null, retries: number, delays: readonly Delay[]): Decision {
  if (error === null) return { action: 'pass' };
  const treatment = treatmentOf(error);
  if (treatment === 'reject' || treatment === 'requeue') return { action: treatment };
  const delay = delays[Math.min(retries, delays.length - 1)];
  if (treatment === 'dead' || retries >= RETRY_BUDGET || delay === undefined) return { action: 'dead', retries };
  return { action: 'retry', exchange: delay.exchange, retries: retries + 1 };
}

/** Where the interceptor of one queue sends what failed. */
export interface InterceptorOptions {
  queue: string;
  deadExchange: string;
  deadQueue: string;
  delays: readonly Delay[];
}

/**
 * Runs the work on one message and settles it by `decide`. A message that goes on to a delay or dead queue is published
 * with confirm first and acked afterwards: a crash between the two doubles it, and never loses it.
 * Resolves to the decision; rejects when the message could not be settled (it is then still the broker's to deliver).
 */
export async function intercept(
  message: ConsumeMessage,
  work: () => Promise<void>,
  channel: Channel,
  publisher: Publisher,
  options: InterceptorOptions,
): Promise<Decision> {
  const error = await failureOf(work);
  const retries = retriesOf(message.properties.headers);
  const decision = decide(error, retries, options.delays);
  const { exchange, routingKey } = message.fields;
  const own = { properties: ownProperties(message.properties), body: message.content };
  switch (decision.action) {
    case 'reject':
      channel.nack(message, false, false);
      break;
    case 'requeue':
      // basic.reject: from RabbitMQ 4.3 on a basic.nack with requeue no longer counts towards the delivery limit.
      channel.reject(message, true);
      break;
    case 'retry':
      await publisher.publish({
        ...own,
        exchange: decision.exchange,
        routingKey,
        headers: { ...ownHeaders(message.properties.headers), ...retryCountHeader(decision.retries) },
      });
      channel.ack(message);
      break;
    case 'dead': {
      const failure = failureHeaders(error ?? new Error('unknown'), {
        exchange,
        routingKey,
        queue: options.queue,
        retries,
      });
      await publisher.publish({
        ...own,
        exchange: options.deadExchange,
        routingKey: options.deadQueue,
        headers: { ...ownHeaders(message.properties.headers), ...failure },
      });
      channel.ack(message);
      break;
    }
    case 'pass':
      channel.ack(message);
  }
  return decision;
}

async function failureOf(work: () => Promise<void>): Promise<Error | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
