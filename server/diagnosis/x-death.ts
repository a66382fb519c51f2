import type { HeaderTable, TypedValue } from '../amqp/message.ts';
import type { FailureReason } from '../contract/messages.ts';
import type { BrokerDeath, Origin } from './diagnosis.ts';
import type { Dialect } from './dialect.ts';
import { headerArray, headerCount, headerName, headerTime, readName } from './header-reading.ts';
import { isDelayQueueName } from './delay-queues.ts';

/** A broker writes one entry per queue and reason; more than these is a forgery, and only the latest are looked at. */
const MAX_ENTRIES = 100;
/** The key it was published with and its first CC keys. */
const MAX_ROUTING_KEYS = 20;

/** All that a broker writes; anything else is a forgery. */
const BROKER_REASONS = ['rejected', 'expired', 'maxlen', 'delivery_limit'] as const satisfies FailureReason[];

/** Plain RabbitMQ: the broker's own record of a message it dead-lettered. */
export const xDeath: Dialect = {
  name: 'rabbitmq',
  detect: ({ headers }) => readHistory(headers).length > 0 || headerName(headers, 'x-first-death-queue') !== null,
  read: ({ headers }, { history, brokerReason, brokerTime }) => {
    const origin = originEntry(headers, history);
    return {
      reason: brokerReason,
      occurredAt: brokerTime,
      retryCount: retryCount(headers, history, origin),
      origin: origin === null ? originWithoutEntries(headers) : originOf(origin),
    };
  },
};

/** The entries of `x-death`, most recent first; those without a queue or a reason are left out. */
export function readHistory(headers: HeaderTable): BrokerDeath[] {
  const entries = (headerArray(headers, 'x-death') ?? []).slice(0, MAX_ENTRIES);
  return entries.map(readEntry).filter((entry) => entry !== null);
}

/** Why it died the last time in a queue where it was worked on; null when nothing known is recorded. */
export function readBrokerReason(headers: HeaderTable, history: BrokerDeath[]): FailureReason | null {
  const text =
    currentCause(history)?.reason ??
    headerName(headers, 'x-last-death-reason') ??
    headerName(headers, 'x-first-death-reason');
  return BROKER_REASONS.find((reason) => reason === text) ?? null;
}

/** The time of that death. The broker keeps the first such time only; later ones leave no trace. */
export function readBrokerTime(history: BrokerDeath[]): Date | null {
  const cause = currentCause(history);
  return cause?.count === 1 ? cause.firstAt : null;
}

/** What the broker took off a message when it died for the first time; a resend can put it back. */
export interface TakenOff {
  /** The keys of its CC, as they were; those of its BCC are in no record. */
  cc: TypedValue[];
  /** In ms, as the publisher wrote it. */
  expiration: string | null;
}

/** Read from the entry of its origin; nothing where there is none. */
export function readTakenOff(headers: HeaderTable): TakenOff {
  const origin = originEntry(headers, readHistory(headers));
  if (origin === null) return { cc: [], expiration: null };
  const table = (headerArray(headers, 'x-death') ?? [])
    .filter((value) => value.type === 'table')
    .map(({ value }) => value)
    .find((entry) => headerName(entry, 'queue') === origin.queue && headerName(entry, 'reason') === origin.reason);
  const [, ...copies] = (table && headerArray(table, 'routing-keys')) ?? [];
  return { cc: copies.filter(({ type }) => type === 'string'), expiration: origin.originalExpiration };
}

function readEntry(value: TypedValue): BrokerDeath | null {
  if (value.type !== 'table') return null;
  const table = value.value;
  const queue = headerName(table, 'queue');
  const reason = headerName(table, 'reason');
  if (!queue || !reason) return null;
  return {
    queue,
    reason,
    exchange: headerName(table, 'exchange'),
    routingKeys: readRoutingKeys(table),
    count: headerCount(table, 'count') ?? 1,
    firstAt: headerTime(table, 'time'),
    originalExpiration: headerName(table, 'original-expiration'),
  };
}

/** Without the first key the others are no origin: they are copies' addresses. */
function readRoutingKeys(table: HeaderTable): string[] {
  const keys = (headerArray(table, 'routing-keys') ?? []).slice(0, MAX_ROUTING_KEYS).map(readName);
  return keys[0] === null ? [] : keys.filter((key) => key !== null);
}

/**
 * True for a death in a queue where messages only wait: it expired there, and the queue's name says so or it was
 * rejected (or ran out of deliveries) elsewhere. Retry topologies put such a queue between two tries; it is never where
 * the message failed.
 */
function isWaiting(entry: BrokerDeath, history: BrokerDeath[]): boolean {
  if (entry.reason !== 'expired') return false;
  if (isDelayQueueName(entry.queue)) return true;
  return history.some(
    (other) => other.queue !== entry.queue && (other.reason === 'rejected' || other.reason === 'delivery_limit'),
  );
}

/** True when all that the broker knows is that the message waited in queues that are named for that. */
export function onlyWaited(history: BrokerDeath[]): boolean {
  return history.length > 0 && history.every(({ queue, reason }) => reason === 'expired' && isDelayQueueName(queue));
}

function currentCause(history: BrokerDeath[]): BrokerDeath | null {
  return history.find((entry) => !isWaiting(entry, history)) ?? history[0] ?? null;
}

/** The first death; where that was in a waiting queue, the first one that was not. */
function originEntry(headers: HeaderTable, history: BrokerDeath[]): BrokerDeath | null {
  const queue = headerName(headers, 'x-first-death-queue');
  const reason = headerName(headers, 'x-first-death-reason');
  const first = history.find((entry) => entry.queue === queue && entry.reason === reason) ?? history.at(-1) ?? null;
  if (first === null || !isWaiting(first, history)) return first;
  const working = history.filter((entry) => !isWaiting(entry, history));
  // The array is ordered by the latest death of each entry: among the others the earliest first death counts.
  return (
    working.reduceRight<BrokerDeath | null>((oldest, entry) => (isOlder(entry, oldest) ? entry : oldest), null) ?? first
  );
}

function isOlder(entry: BrokerDeath, than: BrokerDeath | null): boolean {
  if (than === null) return true;
  return entry.firstAt !== null && than.firstAt !== null && entry.firstAt < than.firstAt;
}

function originOf(entry: BrokerDeath): Origin {
  return { exchange: entry.exchange, routingKeys: entry.routingKeys, queue: entry.queue };
}

/** A message whose `x-death` was lost or stringified on the way still names the queue and the exchange of its first death. */
function originWithoutEntries(headers: HeaderTable): Origin {
  return {
    exchange: headerName(headers, 'x-first-death-exchange'),
    routingKeys: [],
    queue: headerName(headers, 'x-first-death-queue') || null,
  };
}

/**
 * How often it was tried again: its rejections in the origin queue, without the one that put it into the dead queue.
 * A quorum queue's delivery count is a hint where there is nothing better: it is there only when the dead queue is a
 * quorum queue too, and a redelivery out of the dead queue adds to it.
 */
function retryCount(headers: HeaderTable, history: BrokerDeath[], origin: BrokerDeath | null): number | null {
  const rejected = history.find((entry) => entry.queue === origin?.queue && entry.reason === 'rejected');
  if (rejected !== undefined) return Math.max(0, rejected === history[0] ? rejected.count - 1 : rejected.count);
  const deliveries = headerCount(headers, 'x-delivery-count') ?? 0;
  if (deliveries === 0) return null;
  return currentCause(history)?.reason === 'delivery_limit' ? deliveries - 1 : deliveries;
}
