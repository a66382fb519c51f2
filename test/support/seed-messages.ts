import { randomBytes } from 'node:crypto';

import type { MessageContents } from '../../server/amqp/message.ts';
import type { MessageStatus } from '../../server/contract/messages.ts';
import { SHELF_OF } from '../../server/contract/messages.ts';
import type { Database } from '../../server/database/connect.ts';
import { takeIds } from '../../server/database/ids.ts';
import { Names } from '../../server/database/names.ts';
import { ensureBroker, ensureDeadQueues, readDeadQueues } from '../../server/dead-queues/dead-queue-store.ts';
import type { Diagnosis } from '../../server/diagnosis/diagnosis.ts';
import { insertDeaths, insertMessages, type NewDeath } from '../../server/messages/arrivals-store.ts';
import { encodeBody } from '../../server/messages/body-chunks.ts';

/** A failed message to be. What is left out is a small persistent message without headers. */
export interface SeededMessage {
  contents?: MessageContents;
  exchange?: string | null;
  routingKey?: string | null;
  queue?: string | null;
  stripHeaders?: string[];
  inexactParts?: string[];
  status?: MessageStatus;
  possibleDuplicateOf?: string;
}

/** Puts failed messages into the database as the intake does, without a broker. */
export interface Seeder {
  deadQueueId: string;
  /** The ids, in the order given. */
  seed: (messages: readonly SeededMessage[]) => Promise<string[]>;
}

/** Registers a broker, a dead queue and a fingerprint, all of this database's own. */
export async function openSeeder(database: Database): Promise<Seeder> {
  const broker = await ensureBroker(database, { name: 'default', vhost: '/' });
  await ensureDeadQueues(database, broker, ['seeded.dead']);
  const [deadQueue] = await readDeadQueues(database, null);
  if (deadQueue === undefined) throw new Error('The dead queue was not registered.');
  const deadQueueId = deadQueue.id;
  const fingerprintId = await insertFingerprint(database, broker.id, deadQueueId);
  const names = new Names(database);

  const seed = async (messages: readonly SeededMessage[]): Promise<string[]> => {
    const first = await takeIds(database, 'arrivals', messages.length);
    const batch = {
      id: await takeIds(database, 'batches', 1),
      brokerId: broker.id,
      deadQueueId,
      arrivedAt: new Date(),
    };
    const ids = await names.idsOf(
      messages.flatMap(({ exchange, queue }) => [exchange, queue].filter((name) => typeof name === 'string')),
    );
    const idOf = (name: string | null | undefined) => (typeof name === 'string' ? (ids.get(name) ?? null) : null);
    const deaths = await Promise.all(
      messages.map(async (message, index): Promise<NewDeath> => {
        const id = first + BigInt(index);
        const contents = message.contents ?? { properties: { deliveryMode: 2 }, body: Buffer.from(`message ${id}`) };
        return {
          id,
          messageId: id,
          operationId: null,
          recognisedBy: null,
          exchange: 'dead',
          routingKey: 'dead',
          properties: JSON.stringify(contents.properties),
          headers: contents.headers === undefined ? null : JSON.stringify(contents.headers),
          contentType: contents.properties.contentType ?? null,
          amqpMessageId: contents.properties.messageId ?? null,
          correlationId: null,
          body: await encodeBody(contents.body),
          envelope: null,
          inexactParts: message.inexactParts ?? [],
          contentHash: randomBytes(16),
          redelivered: false,
          diagnosis: diagnosisOf(message),
          queueId: idOf(message.queue),
          exchangeId: idOf(message.exchange),
          errorTypeId: null,
          fingerprintId,
          keys: new Map(),
          possibleDuplicateOf: message.possibleDuplicateOf ?? null,
          copyOf: null,
        };
      }),
    );
    await database.transaction(async (transaction) => {
      await insertDeaths(transaction, batch, deaths);
      await insertMessages(transaction, batch, deaths);
    });
    for (const [index, { status }] of messages.entries()) {
      if (status === undefined) continue;
      await database('failed_messages')
        .where('id', String(first + BigInt(index)))
        .update({ status, shelf: SHELF_OF[status] });
    }
    return deaths.map(({ id }) => String(id));
  };
  return { deadQueueId, seed };
}

function diagnosisOf({
  exchange = null,
  routingKey = null,
  queue = null,
  stripHeaders = [],
}: SeededMessage): Diagnosis {
  return {
    framework: 'rabbitmq',
    reason: 'rejected',
    errorType: null,
    errorMessage: null,
    stackTrace: null,
    retryCount: null,
    occurredAt: null,
    origin: { exchange, routingKeys: routingKey === null ? [] : [routingKey], queue },
    history: [],
    stripHeaders,
  };
}

async function insertFingerprint(database: Database, brokerId: string, deadQueueId: string): Promise<string> {
  const now = database.raw('UTC_TIMESTAMP(3)');
  const [groupId] = await database('failure_groups').insert({ title: 'Seeded', state: 'open', created_at: now });
  const [fingerprintId] = await database('fingerprints').insert({
    hash: randomBytes(16),
    group_id: groupId,
    broker_id: brokerId,
    dead_queue_id: deadQueueId,
    coarse: 0,
    created_on: now,
  });
  return String(fingerprintId);
}
