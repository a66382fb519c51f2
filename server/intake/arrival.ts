import type { Delivery, MessageContents } from '../amqp/message.ts';
import type { Diagnosis, DeadMessage } from '../diagnosis/diagnosis.ts';
import { diagnose } from '../diagnosis/index.ts';
import type { ContentCipher } from '../encryption/content-cipher.ts';
import { failureOf, type Failure } from '../groups/fingerprint-store.ts';
import { extractBusinessKeys, type BusinessKeyRule } from '../orders/business-keys.ts';

import { contentHash } from './content-hash.ts';

/** Contents with their JSON. */
export interface WrittenContents {
  contents: MessageContents;
  /** JSON of the properties, and of the header table (null without one). */
  properties: string;
  headers: string | null;
}

/** One delivery, read and ready to be stored. */
export interface Arrival {
  delivery: Delivery;
  /** JSON of the properties, and of the header table (null without one), as they arrived. */
  properties: string;
  headers: string | null;
  /** The failed message, where what arrived is an envelope around it; null where it is the message. */
  inner: (WrittenContents & { inexactParts: readonly string[] }) | null;
  /** 16 bytes; see `contentHash`. Keyed where contents are, or have been, encrypted. */
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
  /** It keys the hash. */
  cipher: ContentCipher;
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
export function readArrival(delivery: Delivery, { deadQueue, brokerName, keyRules, cipher }: ReadingContext): Arrival {
  const { exchange, routingKey, body } = delivery;
  const { properties, headers } = written(delivery);
  const message: DeadMessage = {
    deadQueue: deadQueue.name,
    exchange,
    routingKey,
    properties: delivery.properties,
    headers: delivery.headers ?? [],
    body,
  };
  const hash = cipher.keyedHash(
    contentHash({ exchange, routingKey, properties, headers: delivery.headers, headersJson: headers, body }),
  );
  const weight = weightOf({ contents: delivery, properties, headers });
  const raw = { delivery, properties, headers, hash, weight, inner: null };
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
    const inner = diagnosis.inner === undefined ? null : { ...diagnosis.inner, ...written(diagnosis.inner.contents) };
    const keyed = inner === null ? message : { ...inner.contents, headers: inner.contents.headers ?? [] };
    return {
      ...raw,
      inner,
      weight: inner === null ? weight : weight + weightOf(inner),
      diagnosis,
      failure: asFailure(diagnosis),
      keys: extractBusinessKeys(keyRules, keyed),
    };
  } catch {
    return { ...raw, diagnosis: UNDIAGNOSED, failure: asFailure(UNDIAGNOSED), keys: new Map() };
  }
}

function written(contents: MessageContents): WrittenContents {
  return {
    contents,
    properties: JSON.stringify(contents.properties),
    headers: contents.headers === undefined ? null : JSON.stringify(contents.headers),
  };
}

function weightOf({ contents, properties, headers }: WrittenContents): number {
  return contents.body.length + properties.length + (headers?.length ?? 0) + ROW_BYTES;
}

/** The message that failed: what arrived, or what was in it. */
export function failedMessage({ delivery, properties, headers, inner }: Arrival): WrittenContents {
  return inner ?? { contents: delivery, properties, headers };
}
