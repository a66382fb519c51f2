import { createHash } from 'node:crypto';

import type { HeaderTable } from '../amqp/message.ts';

/** Quorum queues count deliveries in these, so that the same message bears other values when it is delivered again. */
const CHANGE_ON_REDELIVERY = new Set(['x-delivery-count', 'x-acquired-count']);

/** What a delivery is told apart by. */
export interface HashedContents {
  exchange: string;
  routingKey: string;
  /** JSON of the properties. */
  properties: string;
  headers: HeaderTable | undefined;
  /** JSON of `headers`, or null without a table. */
  headersJson: string | null;
  body: Buffer;
}

/**
 * 16 bytes that are equal for two deliveries of one message, whatever the broker counts in its headers meanwhile, and
 * for identical twins. Messages that differ in anything else have different ones.
 */
export function contentHash(contents: HashedContents): Buffer {
  const hash = createHash('sha256');
  for (const text of [contents.exchange, contents.routingKey, contents.properties, steadyHeaders(contents)]) {
    // With its length before it, no part can be taken for the beginning of the next.
    hash.update(`${Buffer.byteLength(text)}:`).update(text);
  }
  return hash.update(contents.body).digest().subarray(0, 16);
}

/** A table of nothing but counters hashes like no table: the broker made it for them. */
function steadyHeaders({ headers, headersJson }: HashedContents): string {
  if (headers === undefined || headersJson === null) return '[]';
  if (!headers.some(({ name }) => CHANGE_ON_REDELIVERY.has(name))) return headersJson;
  return JSON.stringify(headers.filter(({ name }) => !CHANGE_ON_REDELIVERY.has(name)));
}
