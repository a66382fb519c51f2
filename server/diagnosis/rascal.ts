import type { HeaderTable } from '../amqp/message.ts';
import { MAX_ERROR_MESSAGE_BYTES, MAX_ERROR_TYPE_BYTES } from './bounded-text.ts';
import type { Dialect } from './dialect.ts';
import { findHeader, headerCount, headerName, headerTable, headerText } from './header-reading.ts';

/** What a subscription writes into the table; what else is in it (`encryption`) is the publisher's. */
const FAILURE_FIELDS = [
  'error',
  'recovery',
  'originalQueue',
  'originalVhost',
  'originalExchange',
  'originalRoutingKey',
  'restoreRoutingHeaders',
  'redeliveries',
];

/** Deeper names are not followed. */
const MAX_DEPTH = 20;

/**
 * Rascal, which keeps its notes in the header table `rascal`: the error of a message that a recovery strategy
 * republished or forwarded. One that was only nacked has no error: its reason is the broker's.
 */
export const rascal: Dialect = {
  name: 'rascal',
  detect: ({ headers }) => headerTable(headers, 'rascal') !== null,
  read: ({ headers }, { brokerReason, brokerTime }) => {
    const notes = headerTable(headers, 'rascal') ?? [];
    const error = headerTable(notes, 'error');
    const key = headerName(notes, 'originalRoutingKey');
    const queue = headerName(notes, 'originalQueue') || null;
    return {
      reason: error === null ? brokerReason : 'error',
      errorType: error === null ? null : (headerText(error, 'code', MAX_ERROR_TYPE_BYTES)?.trim() ?? null),
      errorMessage: error === null ? null : headerText(error, 'message', MAX_ERROR_MESSAGE_BYTES),
      occurredAt: error === null ? brokerTime : null,
      retryCount: queue === null ? null : republishedCount(notes, queue),
      origin: {
        exchange: headerName(notes, 'originalExchange'),
        routingKeys: key === null ? [] : [key],
        queue,
      },
      stripHeaders: strippedNames(notes),
    };
  },
};

/**
 * All that a subscription wrote: a message that kept `recovery` would be nacked again at once, for ever. The whole
 * header where nothing else is in it, else its fields.
 */
function strippedNames(notes: HeaderTable): string[] {
  const others = notes.some(({ name }) => !FAILURE_FIELDS.includes(name));
  return others
    ? FAILURE_FIELDS.filter((name) => findHeader(notes, name) !== null).map((name) => `rascal.${name}`)
    : ['rascal'];
}

/** By the queue's name, in which every dot opens a table of its own: `recovery.orders.business.republished`. */
function republishedCount(notes: HeaderTable, queue: string): number | null {
  const recovery = headerTable(notes, 'recovery');
  if (recovery === null) return null;
  const whole = headerTable(recovery, queue);
  if (whole !== null) return headerCount(whole, 'republished');
  let table: HeaderTable | null = recovery;
  for (const part of queue.split('.').slice(0, MAX_DEPTH)) table = table === null ? null : headerTable(table, part);
  return table === null ? null : headerCount(table, 'republished');
}
