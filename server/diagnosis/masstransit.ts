import type { HeaderTable } from '../amqp/message.ts';
import type { FailureReason } from '../contract/messages.ts';
import { MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES, MAX_STACK_TRACE_BYTES } from './bounded-text.ts';
import type { DeadMessage, Origin } from './diagnosis.ts';
import type { Dialect, Reading } from './dialect.ts';
import { findHeader, headerCount, headerText, headerTime, namesWithPrefix } from './header-reading.ts';
import { MAX_ADDRESS_BYTES, queueOfAddress, queueOrigin } from './queue-address.ts';

/**
 * The host that moved the message. Not all of `MT-Host-`: `MT-Host-Info` is of the sender and was there before the
 * failure.
 */
const HOST_HEADERS = [
  'MachineName',
  'ProcessName',
  'ProcessId',
  'Assembly',
  'AssemblyVersion',
  'MassTransitVersion',
  'FrameworkVersion',
  'OperatingSystemVersion',
].map((name) => `MT-Host-${name}`);

/** What MassTransit writes for a skipped message when nobody gave a reason. */
const NO_REASONS = ['dead-letter', 'Unspecified'];

/**
 * MassTransit's `_error` queues (a consumer failed) and `_skipped` queues (no consumer of the endpoint takes this kind
 * of message). It is resent to the queue alone, as MassTransit advises: its exchange would reach all who subscribed.
 */
export const massTransit: Dialect = {
  name: 'masstransit',
  detect: ({ headers }) => findHeader(headers, 'MT-Reason') !== null,
  read: (message) => {
    const { headers } = message;
    return {
      ...readError(headers),
      retryCount: headerCount(headers, 'MT-Fault-RetryCount') ?? headerCount(headers, 'MT-Redelivery-Count'),
      origin: readOrigin(message),
      stripHeaders: ['MT-Reason', 'MT-Redelivery-Count', ...HOST_HEADERS, ...namesWithPrefix(headers, ['MT-Fault-'])],
    };
  },
};

function readError(headers: HeaderTable): Reading {
  const reason = headerText(headers, 'MT-Reason', MAX_ERROR_MESSAGE_BYTES)?.trim() ?? '';
  if (reason !== 'fault') return skipped(reason);
  return {
    reason: 'error',
    errorType: headerText(headers, 'MT-Fault-ExceptionType', MAX_ERROR_TYPE_BYTES)?.trim() ?? null,
    errorMessage: headerText(headers, 'MT-Fault-Message', MAX_ERROR_MESSAGE_BYTES),
    stackTrace: headerText(headers, 'MT-Fault-StackTrace', MAX_STACK_TRACE_BYTES),
    occurredAt: headerTime(headers, 'MT-Fault-Timestamp'),
  };
}

/** Nothing failed: only words that somebody chose are a reason. */
function skipped(text: string): Reading {
  const given = text !== '' && !NO_REASONS.includes(text);
  const reason: FailureReason = given ? 'error' : 'unknown';
  return { reason, errorMessage: given ? text : null };
}

function readOrigin({ headers, deadQueue }: DeadMessage): Origin {
  const address = headerText(headers, 'MT-Fault-InputAddress', MAX_ADDRESS_BYTES);
  const queue = (address === null ? null : queueOfAddress(address)) ?? /^(.+)_(?:error|skipped)$/s.exec(deadQueue)?.[1];
  return queueOrigin(queue ?? null);
}
