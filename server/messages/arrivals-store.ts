import { SHELF_OF, type MessageStatus, type RecognisedBy } from '../contract/messages.ts';
import type { Transaction } from '../database/connect.ts';
import { insertRows } from '../database/insert-rows.ts';
import { cutToBytes } from '../diagnosis/bounded-text.ts';
import type { Diagnosis } from '../diagnosis/diagnosis.ts';
import { businessKeyTail } from '../orders/business-keys.ts';

import type { EncodedBody } from './body-chunks.ts';
import { insertContents, type NewContents } from './contents-store.ts';
import { messageIdHash } from './message-filter.ts';

/** What every arrival of one batch shares. */
export interface ArrivalBatch {
  id: bigint;
  brokerId: string;
  deadQueueId: string;
  /** The database's clock. */
  arrivedAt: Date;
}

/** A death to be written, with its names and fingerprint resolved. */
export interface NewDeath {
  id: bigint;
  /** Its own id, unless it is a further death of a message that came back. */
  messageId: bigint;
  /** The operation whose resend it came back from. */
  operationId: string | null;
  /** By what that was found out. */
  recognisedBy: RecognisedBy | null;
  exchange: string;
  routingKey: string;
  /** JSON of the properties and of the header table (null without one). */
  properties: string;
  headers: string | null;
  contentType: string | null;
  amqpMessageId: string | null;
  correlationId: string | null;
  body: EncodedBody;
  /** What arrived, where the failed message was in an envelope: contents of their own. */
  envelope: NewEnvelope | null;
  /** The parts of the message that the envelope did not hold exactly. */
  inexactParts: readonly string[];
  /** Of what arrived. */
  contentHash: Buffer;
  redelivered: boolean;
  diagnosis: Diagnosis;
  queueId: string | null;
  exchangeId: string | null;
  errorTypeId: string | null;
  fingerprintId: string;
  /** Name id → values. */
  keys: ReadonlyMap<string, readonly string[]>;
  possibleDuplicateOf: string | null;
  copyOf: string | null;
}

/** All but where it was delivered, which is the death's. */
export interface NewEnvelope {
  id: bigint;
  properties: string;
  headers: string | null;
  contentType: string | null;
  body: EncodedBody;
}

/** AMQP's own bound of names and short strings, in bytes; text that was no UTF-8 can have grown past it. */
const SHORT_STRING = 255;
const KEY_VALUE_BYTES = 191;
const FRAMEWORK_LENGTH = 32;
const ERROR_MESSAGE_BYTES = 65_535;
const STACK_TRACE_BYTES = 1024 * 1024;
/** `deaths.routing_keys` is a TEXT of JSON. */
const ROUTING_KEYS_BYTES = 60_000;
const MAX_UNSIGNED = 4_294_967_295;
const FIRST_TIME = Date.UTC(1000, 0, 1);
const LAST_TIME = Date.UTC(9999, 11, 31);

/** Deaths with their contents: of new messages and of those that came back. In the order of their ids. */
export async function insertDeaths(
  transaction: Transaction,
  batch: ArrivalBatch,
  deaths: readonly NewDeath[],
): Promise<void> {
  await insertContents(transaction, [
    ...deaths.map((death) => ({
      ...contentsOf(death, death),
      stripHeaders: death.diagnosis.stripHeaders,
      envelopeId: death.envelope?.id ?? null,
      inexactParts: death.inexactParts,
    })),
    // With the highest ids of the batch.
    ...deaths.flatMap((death) => (death.envelope === null ? [] : [contentsOf(death, death.envelope)])),
  ]);
  await insertRows(
    transaction,
    'deaths',
    [
      'id',
      'message_id',
      'batch_id',
      'content_id',
      'content_hash',
      'dead_queue_id',
      'queue_id',
      'exchange_id',
      'routing_keys',
      'reason',
      'framework',
      'error_type_id',
      'error_message',
      'stack_trace',
      'fingerprint_id',
      'retry_count',
      'occurred_at',
      'arrived_at',
      'redelivered',
      'operation_id',
      'recognised_by',
    ],
    deaths.map((death) => [
      death.id,
      death.messageId,
      batch.id,
      death.id,
      death.contentHash,
      batch.deadQueueId,
      death.queueId,
      death.exchangeId,
      boundedList(death.diagnosis.origin.routingKeys),
      death.diagnosis.reason,
      frameworkOf(death.diagnosis),
      death.errorTypeId,
      cut(death.diagnosis.errorMessage, ERROR_MESSAGE_BYTES),
      cut(death.diagnosis.stackTrace, STACK_TRACE_BYTES),
      death.fingerprintId,
      unsigned(death.diagnosis.retryCount),
      storableTime(death.diagnosis.occurredAt),
      batch.arrivedAt,
      death.redelivered ? 1 : 0,
      death.operationId,
      death.recognisedBy,
    ]),
  );
}

function contentsOf(
  { exchange, routingKey }: NewDeath,
  { id, properties, headers, contentType, body }: NewEnvelope,
): NewContents {
  return {
    id,
    exchange: shortString(exchange),
    routingKey: shortString(routingKey),
    properties,
    headers,
    contentType: contentType === null ? null : shortString(contentType),
    stripHeaders: [],
    envelopeId: null,
    inexactParts: [],
    body,
  };
}

/** New failed messages, pending, with their business keys. Their deaths are written beside by `insertDeaths`. */
export async function insertMessages(
  transaction: Transaction,
  batch: ArrivalBatch,
  deaths: readonly NewDeath[],
): Promise<void> {
  const status: MessageStatus = 'pending';
  const month = batch.arrivedAt.getUTCFullYear() * 12 + batch.arrivedAt.getUTCMonth();
  await insertRows(
    transaction,
    'failed_messages',
    [
      'id',
      'broker_id',
      'dead_queue_id',
      'last_death_id',
      'status',
      'shelf',
      'version',
      'queue_id',
      'exchange_id',
      'routing_key',
      'reason',
      'framework',
      'error_type_id',
      'fingerprint_id',
      'failure_count',
      'resend_count',
      'failed_at',
      'captured_at',
      'month',
      'message_id_hash',
      'message_id',
      'correlation_id',
      'possible_duplicate_of',
      'copy_of',
    ],
    deaths.map((death) => [
      death.messageId,
      batch.brokerId,
      batch.deadQueueId,
      death.id,
      status,
      SHELF_OF[status],
      1,
      death.queueId,
      death.exchangeId,
      shortBytes(death.diagnosis.origin.routingKeys[0] ?? null),
      death.diagnosis.reason,
      frameworkOf(death.diagnosis),
      death.errorTypeId,
      death.fingerprintId,
      1,
      0,
      batch.arrivedAt,
      batch.arrivedAt,
      month,
      death.amqpMessageId === null ? null : messageIdHash(shortString(death.amqpMessageId)),
      shortBytes(death.amqpMessageId),
      shortBytes(death.correlationId),
      death.possibleDuplicateOf,
      death.copyOf,
    ]),
  );
  await insertKeys(transaction, deaths, { someKnown: false });
}

/** The business keys of messages. `someKnown`: a message that came back has most of them already. */
export async function insertKeys(
  transaction: Transaction,
  deaths: readonly Pick<NewDeath, 'messageId' | 'keys'>[],
  { someKnown }: { someKnown: boolean },
): Promise<void> {
  await insertRows(
    transaction,
    'business_keys',
    ['name_id', 'value', 'message_id', 'tail'],
    deaths
      .flatMap((death) =>
        [...death.keys].flatMap(([nameId, values]) =>
          values.map((value) => ({
            nameId,
            value: Buffer.from(value),
            tail: tailOf(value),
            messageId: death.messageId,
          })),
        ),
      )
      // In the order of the primary key: neighbours are written together.
      .sort((a, b) => Number(BigInt(a.nameId) - BigInt(b.nameId)) || Buffer.compare(a.value, b.value))
      .map(({ nameId, value, tail, messageId }) => [nameId, value, messageId, tail]),
    { ignoreKnown: someKnown },
  );
}

function tailOf(value: string): Buffer {
  return Buffer.from(cutToBytes(businessKeyTail(value), KEY_VALUE_BYTES));
}

function shortString(text: string): string {
  return cutToBytes(text, SHORT_STRING);
}

/** A name as its column holds it. */
export function shortBytes(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(shortString(text));
}

function cut(text: string | null, bytes: number): string | null {
  return text === null ? null : cutToBytes(text, bytes);
}

/** A dialect's name as its column holds it. */
export function frameworkOf({ framework }: Diagnosis): string | null {
  return framework === null ? null : framework.slice(0, FRAMEWORK_LENGTH);
}

function unsigned(count: number | null): number | null {
  return count === null || !Number.isFinite(count) ? null : Math.min(Math.max(0, Math.trunc(count)), MAX_UNSIGNED);
}

/** DATETIME begins at the year 1000 and ends with 9999. */
function storableTime(time: Date | null): Date | null {
  return time !== null && +time >= FIRST_TIME && +time <= LAST_TIME ? time : null;
}

/** The first routing key is the one it was published with; of very many others the last are left off. */
function boundedList(names: readonly string[]): string {
  const kept = names.map(shortString);
  let json = JSON.stringify(kept);
  while (Buffer.byteLength(json) > ROUTING_KEYS_BYTES) {
    kept.length = Math.floor(kept.length / 2);
    json = JSON.stringify(kept);
  }
  return json;
}
