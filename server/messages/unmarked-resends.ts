import { createHash } from 'node:crypto';

import { z } from 'zod';

import type { HeaderTable, MessageContents } from '../amqp/message.ts';
import { OFFICE_HEADER } from '../amqp/publisher.ts';
import type { RecognisedBy } from '../contract/messages.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { idColumn } from '../database/columns.ts';
import { headersForResend } from '../diagnosis/broker-headers.ts';

/**
 * Recognising what was resent without our header. There is nothing certain to go by: a message with a message id is
 * looked for by that id, one without by all that it holds, both in the queue that it failed in. Of several that are
 * alike the one that was sent first is taken; each resend answers for one arrival at most.
 */
export interface Likeness {
  by: Exclude<RecognisedBy, 'mark'>;
  /** 16 bytes, equal for two deaths of one message. */
  hash: Buffer;
}

/** Headers of the way, not of the message: CC is left out on a resend, or put back from the history. */
const OF_THE_WAY = ['CC', 'BCC', OFFICE_HEADER];
/** A resend that has not come back for so long is not waited for any more. */
const KEPT_DAYS = 7;
const FORGOTTEN_AT_ONCE = 5_000;

/**
 * @param stripHeaders what is added to it whenever it fails, by the diagnosis and by the dead queue's setting; nothing of
 *   a message that is about to be sent.
 */
export function likenessOf({ properties, headers, body }: MessageContents, stripHeaders: readonly string[]): Likeness {
  const { messageId } = properties;
  if (messageId !== undefined && messageId !== '') return { by: 'messageId', hash: digest(['messageId', messageId]) };
  // Dead-lettering takes the expiration off, and nobody but the broker's user may send a user_id.
  const { expiration: _expiration, userId: _userId, raw, ...kept } = properties;
  const { expiration: _rawExpiration, userId: _rawUserId, ...keptRaw } = raw ?? {};
  return {
    by: 'contents',
    hash: digest([
      'contents',
      JSON.stringify([kept, keptRaw]),
      JSON.stringify(sorted(headersForResend(headers ?? [], [...stripHeaders, ...OF_THE_WAY]))),
      body,
    ]),
  };
}

/** RabbitMQ from 3.13 on sorts headers by their names; the order of equal names stays. */
function sorted(headers: HeaderTable): HeaderTable {
  return [...headers].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** Every part with its length before it: no two lists of parts are the same bytes. */
function digest(parts: readonly (string | Buffer)[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest().subarray(0, 16);
}

/** One try to resend a message without our header. */
export interface UnmarkedResend {
  /** The queue that it failed in, by its name's id. */
  queueId: string;
  likeness: Buffer;
  messageId: string;
  resendNumber: number;
}

/** Before it leaves. Doing it again is harmless. */
export async function rememberUnmarkedResends(
  transaction: Database | Transaction,
  resends: readonly UnmarkedResend[],
): Promise<void> {
  if (resends.length === 0) return;
  await transaction('unmarked_resends')
    .insert(
      [...resends]
        // In the order of the primary key: two transactions never wait for each other in a circle.
        .sort((a, b) => Number(a.queueId) - Number(b.queueId) || Buffer.compare(a.likeness, b.likeness))
        .map(({ queueId, likeness, messageId, resendNumber }) => ({
          queue_id: queueId,
          likeness,
          message_id: messageId,
          resend_number: resendNumber,
          sent_at: transaction.raw('UTC_TIMESTAMP(3)'),
        })),
    )
    .onConflict(['queue_id', 'likeness', 'message_id', 'resend_number'])
    .ignore();
}

/** Whether it is worth asking at all: mostly nobody has switched the header off. */
export async function anyUnmarkedResends(database: Database | Transaction): Promise<boolean> {
  return (await database('unmarked_resends').first('message_id')) !== undefined;
}

const row = z
  .object({
    queue_id: idColumn,
    likeness: z.instanceof(Buffer),
    message_id: idColumn,
    resend_number: z.number().int(),
  })
  .transform((given): UnmarkedResend => ({
    queueId: given.queue_id,
    likeness: given.likeness,
    messageId: given.message_id,
    resendNumber: given.resend_number,
  }));

/** Resends alike that may have been delivered and have not come back, the one that was sent first in front. */
export async function findUnmarkedResends(
  transaction: Transaction,
  wanted: readonly Pick<UnmarkedResend, 'queueId' | 'likeness'>[],
): Promise<UnmarkedResend[]> {
  if (wanted.length === 0) return [];
  const rows: unknown[] = await transaction('unmarked_resends AS resend')
    .join('operation_items AS item', (join) => {
      join.on('item.message_id', 'resend.message_id').andOn('item.resend_number', 'resend.resend_number');
    })
    .whereIn('resend.queue_id', [...new Set(wanted.map(({ queueId }) => queueId))])
    .whereIn('resend.likeness', [
      ...new Map(wanted.map(({ likeness }) => [likeness.toString('hex'), likeness])).values(),
    ])
    .whereNull('item.came_back_at')
    .where((any) => {
      void any.whereNull('item.outcome').orWhereIn('item.outcome', ['confirmed', 'unknown']);
    })
    .orderBy(['resend.sent_at', 'resend.message_id', 'resend.resend_number'])
    .select('resend.queue_id', 'resend.likeness', 'resend.message_id', 'resend.resend_number');
  return z.array(row).parse(rows);
}

/** These have come back. */
export async function removeUnmarkedResends(
  transaction: Transaction,
  resends: readonly UnmarkedResend[],
): Promise<void> {
  if (resends.length === 0) return;
  await transaction('unmarked_resends')
    .where((any) => {
      for (const { queueId, likeness, messageId, resendNumber } of resends) {
        void any.orWhere({
          queue_id: queueId,
          likeness,
          message_id: messageId,
          resend_number: resendNumber,
        });
      }
    })
    .delete();
}

/** Those that nobody waits for any more; of very many some. */
export async function forgetUnmarkedResends(database: Database): Promise<void> {
  await database('unmarked_resends')
    .whereRaw('sent_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY', [KEPT_DAYS])
    .limit(FORGOTTEN_AT_ONCE)
    .delete();
}
