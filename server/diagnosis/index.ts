import { cap } from './cap.ts';
import { celery } from './celery.ts';
import { convention } from './convention.ts';
import type { DeadMessage, Diagnosis, Origin } from './diagnosis.ts';
import type { Dialect, DialectContext, Reading } from './dialect.ts';
import { dramatiq } from './dramatiq.ts';
import { easyNetQ } from './easynetq.ts';
import { laravel } from './laravel.ts';
import { massTransit } from './masstransit.ts';
import { moleculer } from './moleculer.ts';
import { nestjs } from './nestjs.ts';
import { nServiceBus } from './nservicebus.ts';
import { rascal } from './rascal.ts';
import { rebus } from './rebus.ts';
import { sneakers } from './sneakers.ts';
import { spring } from './spring.ts';
import { symfony } from './symfony.ts';
import { wolverine } from './wolverine.ts';
import { onlyWaited, readBrokerReason, readBrokerTime, readHistory, xDeath } from './x-death.ts';

/** In the order of detection: the more a dialect knows, the earlier. A new dialect is one file and one line here. */
const dialects: readonly Dialect[] = [
  convention,
  easyNetQ,
  nServiceBus,
  massTransit,
  rebus,
  sneakers,
  spring,
  wolverine,
  moleculer,
  rascal,
  symfony,
  cap,
  celery,
  laravel,
  dramatiq,
  nestjs,
  xDeath,
];

const NOWHERE: Origin = { exchange: null, routingKeys: [], queue: null };

/**
 * What the office can say about a dead message. Pure; never throws, whatever the message holds; texts, names and lists
 * are bounded (`bounded-text.ts`). Several dialects can apply: the framework gives the reason, `x-death` the history.
 * Where the message is an envelope, only the dialect that put it there says where the message in it belongs.
 */
export function diagnose(message: DeadMessage): Diagnosis {
  const history = readHistory(message.headers);
  const context: DialectContext = {
    history,
    brokerReason: readBrokerReason(message.headers, history),
    brokerTime: readBrokerTime(history),
  };
  const applying = dialects.filter((dialect) => dialect.detect(message));
  const readings = applying.map((dialect) => ({ dialect, reading: dialect.read(message, context) }));
  const enveloping = readings.find(({ reading }) => reading.inner !== undefined)?.reading;
  const telling = enveloping === undefined ? readings.map(({ reading }) => reading) : [enveloping];
  const leading = readings.find(({ reading }) => (reading.reason ?? null) !== null) ?? readings[0];
  if (leading?.reading.reason === 'error' && onlyWaited(history)) forgetBrokersOrigin(readings);
  return {
    framework: leading?.dialect.name ?? null,
    reason: leading?.reading.reason ?? 'unknown',
    errorType: leading?.reading.errorType ?? null,
    errorMessage: leading?.reading.errorMessage ?? null,
    stackTrace: leading?.reading.stackTrace ?? null,
    occurredAt: leading?.reading.occurredAt ?? null,
    retryCount: telling.map(({ retryCount }) => retryCount ?? null).find((count) => count !== null) ?? null,
    origin: enveloping?.inner === null ? NOWHERE : telling.reduce(completeOrigin, NOWHERE),
    history,
    stripHeaders: [...new Set(telling.flatMap(({ stripHeaders }) => stripHeaders ?? []))],
    ...(enveloping?.inner ? { inner: enveloping.inner } : {}),
  };
}

/** A framework moved the message, and all that the broker saw of it is a delay queue: it did not fail there. */
function forgetBrokersOrigin(readings: { dialect: Dialect; reading: Reading }[]): void {
  for (const { dialect, reading } of readings) if (dialect === xDeath) delete reading.origin;
}

/** What a later dialect knows is added, unless it speaks of another hop: then mixing the two would invent an origin. */
function completeOrigin(origin: Origin, { origin: other }: Reading): Origin {
  if (other === undefined || contradicts(origin, other)) return origin;
  return {
    exchange: origin.exchange ?? other.exchange,
    routingKeys: origin.routingKeys.length > 0 ? origin.routingKeys : other.routingKeys,
    queue: origin.queue ?? other.queue,
  };
}

function contradicts(one: Origin, other: Origin): boolean {
  const differ = (a: string | null | undefined, b: string | null | undefined): boolean =>
    (a ?? null) !== null && (b ?? null) !== null && a !== b;
  return (
    differ(one.exchange, other.exchange) ||
    differ(one.queue, other.queue) ||
    differ(one.routingKeys[0], other.routingKeys[0])
  );
}
