import type { Names } from '../database/names.ts';
import type { FingerprintStore } from '../groups/fingerprint-store.ts';
import type { NewDeath } from '../messages/arrivals-store.ts';
import { encodeBody, type EncodedBody } from '../messages/body-chunks.ts';

import { failedMessage } from './arrival.ts';
import type { FreshArrival } from './come-back.ts';

/**
 * The deaths to be written for these arrivals, still without ids: their names and fingerprints found or made, their
 * bodies cut and compressed. Outside the transaction that writes them: no lock on names is held in it.
 */
export async function resolveDeaths(
  { names, fingerprints }: { names: Names; fingerprints: FingerprintStore },
  fresh: readonly FreshArrival[],
): Promise<NewDeath[]> {
  const wanted = new Set<string>();
  for (const { arrival } of fresh) {
    const { origin, errorType } = arrival.diagnosis;
    for (const name of [origin.queue, origin.exchange, errorType]) if (name !== null) wanted.add(name);
    for (const name of arrival.keys.keys()) wanted.add(name);
  }
  const ids = await names.idsOf(wanted);
  const idOf = (name: string | null) => (name === null ? null : (ids.get(name) ?? null));
  const fingerprintIds = await fingerprints.idsOf(fresh.map(({ arrival }) => arrival.failure));
  const bodies: EncodedBody[] = [];
  const envelopeBodies: (EncodedBody | null)[] = [];
  for (const { arrival } of fresh) {
    bodies.push(await encodeBody(failedMessage(arrival).contents.body));
    envelopeBodies.push(arrival.inner === null ? null : await encodeBody(arrival.delivery.body));
  }
  return fresh.map(({ arrival, possibleDuplicateOf }, index): NewDeath => {
    const { delivery, diagnosis } = arrival;
    const [fingerprintId, body] = [fingerprintIds[index], bodies[index]];
    const { contents, properties, headers } = failedMessage(arrival);
    const envelopeBody = envelopeBodies[index] ?? null;
    if (fingerprintId === undefined || body === undefined) throw new Error('An arrival was not resolved.');
    return {
      id: 0n,
      messageId: 0n,
      operationId: null,
      recognisedBy: null,
      exchange: delivery.exchange,
      routingKey: delivery.routingKey,
      properties,
      headers,
      contentType: contents.properties.contentType ?? null,
      amqpMessageId: contents.properties.messageId ?? null,
      correlationId: contents.properties.correlationId ?? null,
      body,
      envelope:
        envelopeBody === null
          ? null
          : {
              id: 0n,
              properties: arrival.properties,
              headers: arrival.headers,
              contentType: delivery.properties.contentType ?? null,
              body: envelopeBody,
            },
      inexactParts: arrival.inner?.inexactParts ?? [],
      contentHash: arrival.hash,
      redelivered: delivery.redelivered,
      diagnosis,
      queueId: idOf(diagnosis.origin.queue),
      exchangeId: idOf(diagnosis.origin.exchange),
      errorTypeId: idOf(diagnosis.errorType),
      fingerprintId,
      keys: new Map([...arrival.keys].map(([name, values]) => [ids.get(name) ?? '', values])),
      possibleDuplicateOf,
      copyOf: null,
    };
  });
}
