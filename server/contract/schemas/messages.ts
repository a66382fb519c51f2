import { z } from 'zod';

import { FIELD_TYPES, type Header } from '../wire.ts';
import { ITEM_ERRORS } from '../errors.ts';
import {
  BODY_COMPRESSIONS,
  FAILURE_REASONS,
  HEADER_SOURCES,
  MESSAGE_SORTS,
  MESSAGE_STATUSES,
  RECOGNISED_BY,
} from '../messages.ts';
import { INEXACT_REASONS } from '../inexact.ts';
import { ACTIONS, OUTCOMES } from '../operations.ts';
import { edit } from './edits.ts';
import { id, listOf, paging, time } from './lists.ts';
import { maskedCount } from './masking.ts';

const name = z.string().max(255);
/** A filter that may be given once or repeated; repeated values are ORed. */
const oneOrMore = <T extends z.ZodType>(value: T) =>
  z.union([z.array(value).min(1).max(100), value.transform((one) => [one])]).optional();

/** What a list may filter by; all are ANDed, a repeated one is ORed. The same names make a selection's `filter`. */
export const messageFilters = {
  status: oneOrMore(z.enum(MESSAGE_STATUSES)),
  broker: oneOrMore(name),
  deadQueue: oneOrMore(name),
  queue: oneOrMore(name),
  exchange: oneOrMore(name),
  routingKey: oneOrMore(name),
  reason: oneOrMore(z.enum(FAILURE_REASONS)),
  errorType: oneOrMore(name),
  text: z.string().min(1).max(500).optional(),
  framework: oneOrMore(z.string().regex(/^[\x20-\x7e]{0,32}$/)),
  groupId: oneOrMore(id),
  orderId: oneOrMore(z.string().min(1).max(191)),
  key: oneOrMore(
    z
      .string()
      .regex(/^[^:]+:.+$/s)
      .max(512),
  ),
  messageId: oneOrMore(name),
  correlationId: oneOrMore(name),
  failedAfter: z.iso.datetime({ offset: true }).optional(),
  failedBefore: z.iso.datetime({ offset: true }).optional(),
  capturedAfter: z.iso.datetime({ offset: true }).optional(),
  capturedBefore: z.iso.datetime({ offset: true }).optional(),
  minFailureCount: z.coerce.number().int().min(1).max(1_000_000).optional(),
  possibleDuplicate: z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]).optional(),
  operationId: id.optional(),
  outcome: oneOrMore(z.enum(OUTCOMES)),
  id: oneOrMore(id),
};
export const messageFilter = z.strictObject(messageFilters);
export type MessageFilter = z.infer<typeof messageFilter>;

export const messageListQuery = z.strictObject({
  ...messageFilters,
  ...paging,
  sort: z.enum(MESSAGE_SORTS).optional(),
});
export type MessageListQuery = z.infer<typeof messageListQuery>;

export const message = z
  .strictObject({
    id,
    status: z.enum(MESSAGE_STATUSES),
    broker: z.string(),
    deadQueue: z.string(),
    queue: z.string().nullable(),
    exchange: z.string().nullable(),
    routingKey: z.string().nullable(),
    routingKeys: z.array(z.string()),
    reason: z.enum(FAILURE_REASONS),
    framework: z.string().nullable(),
    errorType: z.string().nullable(),
    errorMessage: z.string().nullable(),
    retryCount: z.number().int().nullable(),
    failureCount: z.number().int(),
    keys: z.record(z.string(), z.array(z.string())),
    groupId: id,
    messageId: z.string().nullable(),
    correlationId: z.string().nullable(),
    contentType: z.string().nullable(),
    bodySize: z.number().int(),
    failedAt: time,
    occurredAt: time.nullable(),
    capturedAt: time,
    resentAt: time.nullable(),
    possibleDuplicateOf: id.nullable(),
    copyOf: id.nullable(),
    version: z.number().int(),
  })
  .meta({ id: 'Message' });
export type Message = z.infer<typeof message>;
export const messageList = listOf(message);

export const typedHeader = z
  .strictObject({
    name: z.string(),
    rawName: z.string().optional(),
    type: z.enum(FIELD_TYPES),
    value: z.unknown(),
    tag: z.literal('L').optional(),
    byte: z.number().int().optional(),
  })
  .meta({
    id: 'TypedHeader',
    description:
      'A header with its wire type. 64-bit integers and timestamps are decimal strings. `tag`: an int64 that was written ' +
      'as L. `byte`: a boolean whose byte is neither 0 nor 1.',
  });
/** The typed headers as TypeScript sees them; the schema above is for the document only. */
export type TypedHeader = Header;

export const properties = z
  .strictObject({
    contentType: z.string().optional(),
    contentEncoding: z.string().optional(),
    deliveryMode: z.number().int().optional(),
    priority: z.number().int().optional(),
    correlationId: z.string().optional(),
    replyTo: z.string().optional(),
    expiration: z.string().optional(),
    messageId: z.string().optional(),
    timestamp: z.string().optional(),
    type: z.string().optional(),
    userId: z.string().optional(),
    appId: z.string().optional(),
    clusterId: z.string().optional(),
    raw: z.record(z.string(), z.string()).optional().meta({ description: 'base64 of those that are not UTF-8.' }),
  })
  .meta({ id: 'Properties' });

export const bodyPreview = z.strictObject({
  encoding: z.enum(['utf8', 'base64']),
  text: z.string(),
  truncated: z.boolean(),
  decompressed: z.enum(BODY_COMPRESSIONS).optional().meta({
    description:
      'It is the beginning of what the body holds, decompressed for reading. Stored and sent are its own bytes.',
  }),
});

export const death = z
  .strictObject({
    id,
    arrivedAt: time,
    occurredAt: time.nullable(),
    deadQueue: z.string().nullable().meta({
      description: 'Null: one that you do not see. Then nothing else is told of this death but its time.',
    }),
    queue: z.string().nullable(),
    exchange: z.string().nullable(),
    routingKeys: z.array(z.string()),
    reason: z.enum(FAILURE_REASONS),
    framework: z.string().nullable(),
    errorType: z.string().nullable(),
    errorMessage: z.string().nullable(),
    stackTrace: z.string().nullable(),
    retryCount: z.number().int().nullable(),
    redelivered: z.boolean(),
    operationId: id.nullable().meta({
      description: 'The operation whose resend it came back from. Null with recognisedBy: one that you do not see.',
    }),
    recognisedBy: z
      .enum(RECOGNISED_BY)
      .nullable()
      .meta({ description: 'How it was recognised as one that came back: only `mark` is certain.' }),
  })
  .meta({ id: 'Death' });
export type Death = z.infer<typeof death>;

export const inexactPart = z
  .strictObject({ in: z.enum(['headers', 'properties', 'body']), name: z.string(), why: z.enum(INEXACT_REASONS) })
  .meta({ id: 'InexactPart', description: 'A header or property, or the body, that cannot be sent again as it was.' });

export const resendable = z.strictObject({
  ok: z.boolean(),
  code: z.enum(ITEM_ERRORS).optional(),
  params: z.record(z.string(), z.string()).optional(),
  parts: z.array(inexactPart).optional().meta({
    description:
      'With item.notExact: what a resend with sendInexact leaves out, or sends as it was restored (guessed).',
  }),
});

export const readableHeaders = z
  .record(z.string(), z.unknown())
  .meta({ description: 'For reading. Exact names and types are in headersTyped.' });

/** What arrived, where a framework put the failed message into an envelope. Its body: `…/body?as=arrived`. */
const envelope = z
  .strictObject({
    framework: z.string().nullable(),
    properties,
    headers: readableHeaders,
    headersTyped: z.array(typedHeader),
    contentType: z.string().nullable(),
    bodySize: z.number().int(),
  })
  .meta({ id: 'Envelope' });

export const messageBodyQuery = z.strictObject({
  as: z.enum(['message', 'arrived']).optional().meta({
    description: 'arrived: the envelope, where the message came in one. Without one they are the same.',
  }),
});

export const messageDetail = message
  .extend({
    stackTrace: z.string().nullable(),
    properties,
    headers: readableHeaders,
    headersTyped: z.array(typedHeader),
    headerSources: z
      .array(z.enum(HEADER_SOURCES))
      .meta({ description: 'Where each header of headersTyped comes from, in the same order.' }),
    envelope: envelope.nullable(),
    inexactParts: z
      .array(z.string())
      .meta({ description: 'Parts that the envelope did not hold exactly: body, property messageId, header retries.' }),
    bodyPreview: bodyPreview
      .nullable()
      .meta({ description: 'Null when the contents were removed after their retention term.' }),
    deaths: z.array(death),
    resendable,
    edits: z.array(edit).meta({ description: 'Oldest first: those that were sent, and the draft, if there is one.' }),
    masked: maskedCount,
  })
  .meta({ id: 'MessageDetail' });
type Envelope = Omit<z.infer<typeof envelope>, 'headersTyped'> & { headersTyped: TypedHeader[] };
export type MessageDetail = Omit<z.infer<typeof messageDetail>, 'headersTyped' | 'envelope'> & {
  headersTyped: TypedHeader[];
  envelope: Envelope | null;
};
/** As it is kept. */
export type UnmaskedDetail = Omit<MessageDetail, 'masked'>;

export const seenOperationId = id.nullable().meta({
  description: 'Null: an operation that you do not see. Then neither its reason is told nor where it sent the message.',
});

/** One entry of a message's or an order's history, oldest first. */
export const timelineEntry = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('died'), at: time, messageId: id, death }),
    z.strictObject({
      kind: z.literal('operation'),
      at: time,
      messageId: id,
      actor: z.string(),
      operationId: seenOperationId,
      requestedAt: time.meta({
        description: 'When the actor started the operation; `at` is when this message had its turn.',
      }),
      action: z.enum(ACTIONS),
      outcome: z.enum(OUTCOMES).nullable(),
      exchange: z.string().nullable(),
      routingKey: z.string().nullable(),
      reason: z.string().nullable(),
      error: z.string().nullable(),
      editId: id.nullable().meta({ description: 'Of a resend: the edit that went in its place.' }),
    }),
    z.strictObject({ kind: z.literal('settled'), at: time, messageId: id, operationId: seenOperationId }),
    z.strictObject({ kind: z.literal('audit'), at: time, messageId: id, actor: z.string(), event: z.string() }),
  ])
  .meta({ id: 'TimelineEntry' });
export type TimelineEntry = z.infer<typeof timelineEntry>;
export const timeline = z.strictObject({ data: z.array(timelineEntry) });
