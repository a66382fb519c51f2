import type { HeaderTable } from '../amqp/message.ts';
import { FAILURE_REASONS } from '../contract/messages.ts';
import type { FailureReason } from '../contract/messages.ts';
import {
  MAX_ERROR_MESSAGE_BYTES,
  MAX_ERROR_TYPE_BYTES,
  MAX_NAME_BYTES,
  MAX_STACK_TRACE_BYTES,
} from './bounded-text.ts';
import type { Origin } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerName, headerText, headerTime } from './header-reading.ts';

/** The headers of our own failure convention, for workers in any language that dead-letter by publishing. */
export const CONVENTION_HEADERS: readonly string[] = [
  'x-failure-reason',
  'x-failure-type',
  'x-failure-message',
  'x-failure-stack',
  'x-failure-time',
  'x-failure-exchange',
  'x-failure-routing-key',
  'x-failure-queue',
  'x-failure-retries',
];

/** The headers by which a worker says that it failed; the others only say where, when and how often. */
const FAILURE_HEADERS = CONVENTION_HEADERS.slice(0, 4);

export const convention: Dialect = {
  name: 'convention',
  detect: ({ headers }) => CONVENTION_HEADERS.some((name) => findHeader(headers, name) !== null),
  read: ({ headers }) => ({
    reason: readReason(headers),
    errorType: headerText(headers, 'x-failure-type', MAX_ERROR_TYPE_BYTES)?.trim() ?? null,
    errorMessage: headerText(headers, 'x-failure-message', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: headerText(headers, 'x-failure-stack', MAX_STACK_TRACE_BYTES),
    occurredAt: headerTime(headers, 'x-failure-time'),
    retryCount: headerCount(headers, 'x-failure-retries'),
    origin: readOrigin(headers),
    stripHeaders: [...CONVENTION_HEADERS],
  }),
};

/** A worker may only count its retries here and leave the dying to the broker: then the reason is the broker's. */
function readReason(headers: HeaderTable): FailureReason | null {
  const written = headerText(headers, 'x-failure-reason', MAX_NAME_BYTES)?.trim();
  const known = FAILURE_REASONS.find((reason) => reason === written);
  if (known !== undefined) return known;
  return FAILURE_HEADERS.some((name) => findHeader(headers, name) !== null) ? 'error' : null;
}

function readOrigin(headers: HeaderTable): Origin {
  const key = headerName(headers, 'x-failure-routing-key');
  return {
    exchange: headerName(headers, 'x-failure-exchange'),
    routingKeys: key === null ? [] : [key],
    queue: headerName(headers, 'x-failure-queue') || null,
  };
}
