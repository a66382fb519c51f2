import { createHash } from 'node:crypto';
import type { ConsumeMessage } from 'amqplib';

/** The newest of what was processed is kept: at most so many, and about so many bytes. */
const MAX_RECORDS = 1_000;
const MAX_BYTES = 8 * 1024 * 1024;
/** Of a body, at most so many bytes; the hash is over all of it. */
const MAX_BODY_BYTES = 8 * 1024;

/** One message that a worker processed with success, as it was received. */
export interface ProcessedMessage {
  /** ISO-8601. */
  at: string;
  worker: string;
  queue: string;
  exchange: string;
  routingKey: string;
  redelivered: boolean;
  orderIds: string[];
  properties: Record<string, unknown>;
  headers: Record<string, unknown>;
  body: { encoding: 'utf8' | 'base64'; text: string; truncated: boolean };
  bodySize: number;
  /** Hexadecimal. */
  bodySha256: string;
}

export interface ProcessedFilter {
  orderId?: string | undefined;
  messageId?: string | undefined;
  queue?: string | undefined;
}

export interface ProcessedLog {
  add(entry: { worker: string; queue: string; orderIds: string[]; message: ConsumeMessage }): void;
  /** For records that come from another process. */
  addRecord(record: ProcessedMessage): void;
  /** Newest first. */
  find(filter: ProcessedFilter, limit: number): ProcessedMessage[];
  /** Since the start, by queue; these forget nothing. */
  counts(): Record<string, number>;
}

export function createProcessedLog(): ProcessedLog {
  const records: { record: ProcessedMessage; bytes: number }[] = [];
  const counts = new Map<string, number>();
  let bytes = 0;
  const addRecord = (record: ProcessedMessage) => {
    const size = JSON.stringify(record).length;
    records.push({ record, bytes: size });
    bytes += size;
    counts.set(record.queue, (counts.get(record.queue) ?? 0) + 1);
    while (records.length > MAX_RECORDS || (bytes > MAX_BYTES && records.length > 1)) {
      bytes -= records.shift()?.bytes ?? 0;
    }
  };
  return {
    addRecord,
    add: (entry) => {
      addRecord(processedMessage(entry));
    },
    find: ({ orderId, messageId, queue }, limit) =>
      records
        .map(({ record }) => record)
        .filter(
          (record) =>
            (orderId === undefined || record.orderIds.includes(orderId)) &&
            (messageId === undefined || record.properties['messageId'] === messageId) &&
            (queue === undefined || record.queue === queue),
        )
        .reverse()
        .slice(0, limit),
    counts: () => Object.fromEntries(counts),
  };
}

export function processedMessage(entry: {
  worker: string;
  queue: string;
  orderIds: string[];
  message: ConsumeMessage;
}): ProcessedMessage {
  const { message, ...rest } = entry;
  const { headers = {}, ...properties } = message.properties;
  return {
    at: new Date().toISOString(),
    ...rest,
    exchange: message.fields.exchange,
    routingKey: message.fields.routingKey,
    redelivered: message.fields.redelivered,
    properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
    headers,
    body: readableBody(message.content),
    bodySize: message.content.length,
    bodySha256: createHash('sha256').update(message.content).digest('hex'),
  };
}

function readableBody(content: Buffer): ProcessedMessage['body'] {
  const truncated = content.length > MAX_BODY_BYTES;
  const kept = content.subarray(0, MAX_BODY_BYTES);
  try {
    // `stream` forgives a character that was cut in two at the end.
    const text = new TextDecoder('utf-8', { fatal: true }).decode(kept, { stream: truncated });
    return { encoding: 'utf8', text, truncated };
  } catch {
    return { encoding: 'base64', text: kept.toString('base64'), truncated };
  }
}
