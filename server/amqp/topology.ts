import type { Channel } from 'amqplib';

import { toBrokerError, type BrokerError } from './broker-error.ts';
import type { Connection, Session } from './connection.ts';
import { within } from './within.ts';

/** Why something could not be asked or is not there. `unavailable`: no connection, no answer in time, or it is down. */
export interface Absence {
  state: 'missing' | 'exclusive' | 'refused' | 'unavailable';
  /** The broker's words. Safe to show. */
  reason: string;
  replyCode: number | null;
}

/** What a passive declare says of a queue. `messages` counts what is ready, not what consumers hold. */
export type QueueFacts = { state: 'present'; messages: number; consumers: number } | Absence;
export type ExchangeFacts = { state: 'present' } | Absence;

const PATIENCE_MS = 5_000;

/** Depth and consumers of a queue. Asking changes nothing and never creates it. Never rejects. */
export async function askQueue(connection: Connection, queue: string, timeoutMs = PATIENCE_MS): Promise<QueueFacts> {
  return connection.session ? askQueueOn(connection.session, queue, timeoutMs) : away(connection);
}

/** As `askQueue`, on one session. */
export async function askQueueOn(session: Session, queue: string, timeoutMs = PATIENCE_MS): Promise<QueueFacts> {
  return probe(session, timeoutMs, async (channel) => {
    const { messageCount, consumerCount } = await channel.checkQueue(queue);
    return { state: 'present', messages: messageCount, consumers: consumerCount };
  });
}

/** Whether an exchange exists. The default exchange ('') always does; the broker refuses any question about it. */
export async function askExchange(
  connection: Connection,
  exchange: string,
  timeoutMs = PATIENCE_MS,
): Promise<ExchangeFacts> {
  return connection.session ? askExchangeOn(connection.session, exchange, timeoutMs) : away(connection);
}

/** As `askExchange`, on one session. */
export async function askExchangeOn(
  session: Session,
  exchange: string,
  timeoutMs = PATIENCE_MS,
): Promise<ExchangeFacts> {
  if (exchange === '') return { state: 'present' };
  return probe(session, timeoutMs, async (channel) => {
    await channel.checkExchange(exchange);
    return { state: 'present' };
  });
}

/** Says in which way the broker refused a passive declare or a consume. */
export function absenceOf(error: BrokerError): Absence {
  const { message: reason, replyCode } = error;
  switch (replyCode) {
    case 404:
      return { state: 'missing', reason, replyCode };
    case 405:
      return { state: 'exclusive', reason, replyCode };
    case 403:
      // "queue 'q' in vhost '/' in exclusive use": another consumer asked to be the only one.
      return { state: /exclusive use/.test(reason) ? 'exclusive' : 'refused', reason, replyCode };
    case null:
    case 320:
    case 541:
      return { state: 'unavailable', reason, replyCode };
    default:
      return { state: 'refused', reason, replyCode };
  }
}

function away(connection: Connection): Absence {
  return { state: 'unavailable', reason: connection.state.lastError ?? 'no connection to RabbitMQ', replyCode: null };
}

/** A question on a channel of its own, because a "no" closes the channel. */
async function probe<T>(
  session: Session,
  timeoutMs: number,
  ask: (channel: Channel) => Promise<T>,
): Promise<T | Absence> {
  const asked = session.openChannel().then(async (channel) => {
    try {
      const answer = await ask(channel);
      return answer;
    } finally {
      channel.close().catch(() => undefined);
    }
  });
  try {
    return await within(timeoutMs, asked);
  } catch (thrown) {
    return absenceOf(toBrokerError('channel', thrown));
  }
}
