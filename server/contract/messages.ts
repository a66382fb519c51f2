/** The states of a failed message, in the order in which the console shows them. */
export const MESSAGE_STATUSES = ['pending', 'resending', 'unknown', 'resent', 'settled', 'handled', 'deleted'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

/** Where a message lies; follows from its status and changes less often. */
export const SHELVES = ['desk', 'sent', 'deleted'] as const;
export type Shelf = (typeof SHELVES)[number];

export const SHELF_OF: Readonly<Record<MessageStatus, Shelf>> = {
  pending: 'desk',
  resending: 'desk',
  unknown: 'desk',
  resent: 'sent',
  settled: 'sent',
  handled: 'sent',
  deleted: 'deleted',
};

export const FAILURE_REASONS = ['rejected', 'expired', 'maxlen', 'delivery_limit', 'error', 'unknown'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/**
 * By what a death was recognised as a resent message that came back.
 *
 * | value | sure? |
 * |---|---|
 * | `mark` | it bears our header, and that is signed |
 * | `messageId` | the header was switched off; the same message id failed in the same queue |
 * | `contents` | the header was switched off, and there is no message id: identical contents failed in the same queue |
 */
export const RECOGNISED_BY = ['mark', 'messageId', 'contents'] as const;
export type RecognisedBy = (typeof RECOGNISED_BY)[number];

export const MESSAGE_SORTS = ['-failedAt', 'failedAt', '-id', 'id'] as const;
export type MessageSort = (typeof MESSAGE_SORTS)[number];

/**
 * Where a header of a failed message comes from.
 *
 * | value | put there by | a resend |
 * |---|---|---|
 * | `application` | whoever published it | sends it as it is |
 * | `framework` | the worker or its framework, or named in the dead queue's setting: because it failed | takes it off |
 * | `broker` | RabbitMQ, when it died | takes it off |
 * | `office` | an earlier resend: our mark | puts a new one in its place |
 */
export const HEADER_SOURCES = ['application', 'framework', 'broker', 'office'] as const;
export type HeaderSource = (typeof HEADER_SOURCES)[number];

/** Compressions of a body that are undone for showing it, by the content encoding that names them. */
export const BODY_COMPRESSIONS = ['gzip', 'deflate', 'br'] as const;
export type BodyCompression = (typeof BODY_COMPRESSIONS)[number];
