import type { Transaction } from '../database/connect.ts';
import { insertRows } from '../database/insert-rows.ts';
import { cutToBytes } from '../diagnosis/bounded-text.ts';
import { cutBody, insertChunks } from '../messages/body-chunks.ts';

import type { Arrival } from './arrival.ts';

/** Why a message could not be stored as a failed message. */
export interface RejectReason {
  /** The server's or the driver's code. */
  code: string;
  /** The server's words. They can quote the message: for those who may see bodies. */
  text: string;
}

const CODE_LENGTH = 64;
const TEXT_BYTES = 1000;

/** Keeps a message raw: envelope as JSON, body as it is. No names, no diagnosis, as few things that can fail as possible. */
export async function insertReject(
  transaction: Transaction,
  reject: { id: bigint; batchId: bigint; deadQueueId: string; arrivedAt: Date; arrival: Arrival; reason: RejectReason },
): Promise<void> {
  const { delivery, properties, headers } = reject.arrival;
  const body = cutBody(delivery.body);
  await insertRows(
    transaction,
    'intake_rejects',
    [
      'id',
      'dead_queue_id',
      'batch_id',
      'arrived_at',
      'error_code',
      'error_text',
      'exchange',
      'routing_key',
      'redelivered',
      'envelope',
      'body_size',
      'chunk_count',
    ],
    [
      [
        reject.id,
        reject.deadQueueId,
        reject.batchId,
        reject.arrivedAt,
        reject.reason.code.replace(/[^\x20-\x7e]/g, '?').slice(0, CODE_LENGTH),
        cutToBytes(reject.reason.text, TEXT_BYTES),
        Buffer.from(cutToBytes(delivery.exchange, 255)),
        Buffer.from(cutToBytes(delivery.routingKey, 255)),
        delivery.redelivered ? 1 : 0,
        Buffer.from(envelopeOf(delivery, properties, headers)),
        body.size,
        body.chunks.length,
      ],
    ],
  );
  await insertChunks(transaction, [{ contentId: reject.id, body }]);
}

function envelopeOf({ exchange, routingKey }: Arrival['delivery'], properties: string, headers: string | null): string {
  return `{"exchange":${JSON.stringify(exchange)},"routingKey":${JSON.stringify(routingKey)},"properties":${properties},"headers":${headers ?? 'null'}}`;
}

/** The code and words of whatever refused a message. */
export function reasonOf(error: unknown): RejectReason {
  const code =
    typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
      ? error.code
      : error instanceof Error
        ? error.name
        : 'unknown';
  // knex puts the statement with its values before the server's words; an error of our own is said in its own.
  const words =
    typeof error === 'object' && error !== null && 'sqlMessage' in error && typeof error.sqlMessage === 'string'
      ? error.sqlMessage
      : error instanceof Error && !('sql' in error)
        ? error.message
        : code;
  return { code, text: words };
}
