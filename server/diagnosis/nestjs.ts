import type { DeadMessage } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { jsonBody } from './json-reading.ts';
import { readHistory } from './x-death.ts';

/** All that a NestJS client puts around the data. */
const ENVELOPE = ['pattern', 'data', 'id', 'options'];

/**
 * NestJS's RabbitMQ transport, sent to a queue directly. It rejects what it has no handler for and records nothing:
 * the reason is the broker's. Two common words in a body are little to go by, so x-death has to agree.
 */
export const nestjs: Dialect = {
  name: 'nestjs',
  detect: (message) => readHistory(message.headers).some(({ exchange }) => exchange === '') && isEnvelope(message),
  read: (_message, { brokerReason, brokerTime }) => ({ reason: brokerReason, occurredAt: brokerTime }),
};

function isEnvelope({ body }: DeadMessage): boolean {
  const packet = jsonBody(body, 'pattern', 'data');
  if (packet === null || !Object.keys(packet).every((name) => ENVELOPE.includes(name))) return false;
  const { pattern } = packet;
  return typeof pattern === 'string' || (typeof pattern === 'object' && pattern !== null);
}
