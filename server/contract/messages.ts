export const MESSAGE_STATUSES = ['pending', 'resending', 'unknown', 'resent', 'settled', 'handled', 'deleted'] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

export const FAILURE_REASONS = ['rejected', 'expired', 'maxlen', 'delivery_limit', 'error', 'unknown'] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];
