import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerTable } from './header-reading.ts';

/**
 * Jobs of Laravel's RabbitMQ queue driver. The exception is in Laravel's own table of failed jobs, not in the message:
 * the reason is the broker's. Its attempts go on a resend, else it would fail at once for having had too many.
 */
export const laravel: Dialect = {
  name: 'laravel',
  detect: ({ headers }) => findHeader(headerTable(headers, 'laravel') ?? [], 'attempts') !== null,
  read: ({ headers }, { brokerReason, brokerTime }) => ({
    reason: brokerReason,
    occurredAt: brokerTime,
    retryCount: headerCount(headerTable(headers, 'laravel') ?? [], 'attempts'),
    stripHeaders: ['laravel.attempts'],
  }),
};
