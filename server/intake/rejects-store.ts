import type { Database, Transaction } from '../database/connect.ts';
import { insertRows } from '../database/insert-rows.ts';
import { cutToBytes } from '../diagnosis/bounded-text.ts';
import { contentCipherOf } from '../encryption/content-cipher.ts';
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

/** By this place the encrypted envelope of a reject is authenticated. */
export function placeOfReject(id: bigint | string): string {
  return `intake_rejects/${id}/envelope`;
}

/** Keeps a message raw: envelope as JSON, body as it is. No names, no diagnosis, as few things that can fail as possible. */
export async function insertReject(
  transaction: Transaction,
  reject: { id: bigint; batchId: bigint; deadQueueId: string; arrivedAt: Date; arrival: Arrival; reason: RejectReason },
): Promise<void> {
  const { delivery, properties, headers } = reject.arrival;
  const body = cutBody(delivery.body);
  const { error_code, error_text } = reasonColumns(reject.reason);
  const envelope = contentCipherOf(transaction).store(
    Buffer.from(envelopeOf(delivery, properties, headers)),
    placeOfReject(reject.id),
  );
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
      'key_id',
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
        error_code,
        error_text,
        Buffer.from(cutToBytes(delivery.exchange, 255)),
        Buffer.from(cutToBytes(delivery.routingKey, 255)),
        delivery.redelivered ? 1 : 0,
        envelope.keyId,
        envelope.data,
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

/** Whether a reject waits to be registered. */
export async function isOpenReject(database: Database, id: string): Promise<boolean> {
  const found: unknown = await database('intake_rejects').where({ id }).whereNull('registered_at').first('id');
  return found !== undefined;
}

/**
 * It has been stored as a failed message, or was found on record: it leaves the list, and its body goes.
 *
 * @returns false when somebody else did so meanwhile; the transaction must then be rolled back.
 */
export async function closeReject(
  transaction: Transaction,
  id: string,
  at: Date,
  messageId: bigint | null,
): Promise<boolean> {
  const closed = await transaction('intake_rejects')
    .where({ id })
    .whereNull('registered_at')
    .update({ registered_at: at, message_id: messageId?.toString() ?? null });
  await transaction('content_chunks').where({ content_id: id }).delete();
  return closed === 1;
}

/** It could not be stored this time either, and why. */
export async function noteRefusal(database: Database, id: string, reason: RejectReason): Promise<void> {
  await database('intake_rejects').where({ id }).whereNull('registered_at').update(reasonColumns(reason));
}

function reasonColumns({ code, text }: RejectReason): { error_code: string; error_text: string } {
  return {
    error_code: code.replace(/[^\x20-\x7e]/g, '?').slice(0, CODE_LENGTH),
    error_text: cutToBytes(text, TEXT_BYTES),
  };
}
