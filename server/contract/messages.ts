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
