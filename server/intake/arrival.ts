import type { Delivery } from '../amqp/message.ts';
import type { Diagnosis, DeadMessage } from '../diagnosis/diagnosis.ts';
import { diagnose } from '../diagnosis/index.ts';
import { failureOf, type Failure } from '../groups/fingerprint-store.ts';
import { extractBusinessKeys, type BusinessKeyRule } from '../orders/business-keys.ts';

import { contentHash } from './content-hash.ts';

/** One delivery, read and ready to be stored. */
export interface Arrival {
  delivery: Delivery;
  /** JSON of the properties, and of the header table (null without one). */
  properties: string;
  headers: string | null;
  /** 16 bytes; see `contentHash`. */
  hash: Buffer;
  diagnosis: Diagnosis;
  failure: Failure;
  /** Key name → values. */
  keys: ReadonlyMap<string, readonly string[]>;
  /** About how many bytes it takes to store. */
  weight: number;
}

export interface ReadingContext {
  deadQueue: { id: string; name: string };
  brokerName: string;
  keyRules: readonly BusinessKeyRule[];
}

const UNDIAGNOSED: Diagnosis = {
  framework: null,
  reason: 'unknown',
  errorType: null,
  errorMessage: null,
  stackTrace: null,
  retryCount: null,
  occurredAt: null,
  origin: { exchange: null, routingKeys: [], queue: null },
  history: [],
  stripHeaders: [],
};

/** What a row takes beside texts and body. */
const ROW_BYTES = 512;

/**
 * Reads a delivery. Whatever the message holds, it comes out as something that can be stored: where reading fails it is
 * an undiagnosed failure without keys.
 */
export function readArrival(delivery: Delivery, { deadQueue, brokerName, keyRules }: ReadingContext): Arrival {
  const { exchange, routingKey, body } = delivery;
  const properties = JSON.stringify(delivery.properties);
  const headers = delivery.headers === undefined ? null : JSON.stringify(delivery.headers);
  const message: DeadMessage = {
    deadQueue: deadQueue.name,
    exchange,
    routingKey,
    properties: delivery.properties,
    headers: delivery.headers ?? [],
    body,
  };
  const hash = contentHash({ exchange, routingKey, properties, headers: delivery.headers, headersJson: headers, body });
  const weight = body.length + properties.length + (headers?.length ?? 0) + ROW_BYTES;
  const raw = { delivery, properties, headers, hash, weight };
  const asFailure = (diagnosis: Diagnosis): Failure =>
    failureOf(deadQueue.id, {
      broker: brokerName,
      queue: diagnosis.origin.queue,
      reason: diagnosis.reason,
      errorType: diagnosis.errorType,
      errorMessage: diagnosis.errorMessage,
      stackTrace: diagnosis.stackTrace,
    });
  try {
    const diagnosis = diagnose(message);
    return { ...raw, diagnosis, failure: asFailure(diagnosis), keys: extractBusinessKeys(keyRules, message) };
  } catch {
    return { ...raw, diagnosis: UNDIAGNOSED, failure: asFailure(UNDIAGNOSED), keys: new Map() };
  }
}
