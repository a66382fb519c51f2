import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerText } from './header-reading.ts';

/** The protocol's word for the language of the task; Celery for Node, Go and PHP write others. */
const MAX_LANGUAGE_BYTES = 16;

/**
 * Celery's tasks (protocol 2). A worker that gives up rejects the task and keeps the exception to itself: the reason is
 * the broker's, and there is no error to read. Nothing is stripped, for Celery adds nothing when it fails.
 */
export const celery: Dialect = {
  name: 'celery',
  detect: ({ headers }) =>
    ['task', 'id'].every((name) => headerText(headers, name, 1) !== null) &&
    (headerText(headers, 'lang', MAX_LANGUAGE_BYTES) !== null || findHeader(headers, 'argsrepr') !== null),
  read: ({ headers }, { brokerReason, brokerTime }) => ({
    reason: brokerReason,
    occurredAt: brokerTime,
    retryCount: headerCount(headers, 'retries'),
  }),
};
