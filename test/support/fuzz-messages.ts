import type { FuzzRandom } from './fuzz-random.ts';
import { array, double, float, headerBytes, int, long, short, string, tableOf, uint8, value } from './wire-bytes.ts';

/** One message as its bytes go out. */
export interface FuzzMessage {
  header: Buffer;
  body: Buffer;
}

/** Headers that brokers and frameworks write, and that diagnosis therefore reads: here with anything in them. */
const READ_BY_THE_OFFICE = [
  'x-death',
  'x-first-death-queue',
  'x-first-death-exchange',
  'x-first-death-reason',
  'x-last-death-queue',
  'x-delivery-count',
  'x-failure-reason',
  'x-failure-type',
  'x-failure-message',
  'x-failure-stack',
  'x-failure-time',
  'x-failure-exchange',
  'x-failure-routing-key',
  'x-failure-queue',
  'x-failure-retries',
  'x-exception-message',
  'x-exception-stacktrace',
  'x-original-exchange',
  'x-original-routingKey',
  'x-original-channel',
  'x-error-stack',
  'x-dead-letter-office-id',
  'MT-Reason',
  'MT-Fault-Message',
  'MT-Fault-StackTrace',
  'MT-Fault-Timestamp',
  'NServiceBus.FailedQ',
  'NServiceBus.ExceptionInfo.Message',
  'NServiceBus.TimeOfFailure',
  'rbs2-source-queue',
  'rbs2-error-details',
  'exception-type',
  'exception-message',
  'original-destination',
  'retry_info',
  'rascal',
  'laravel',
  'task',
  'id',
  'retries',
  'cap-exception',
  'cap-msg-name',
  'order-id',
  'orderId',
  'X-Message-Stamp-Symfony\\Component\\Messenger\\Stamp\\ErrorDetailsStamp',
];
const OF_APPLICATIONS = READ_BY_THE_OFFICE.filter((name) => !/^x-(death|first-death|last-death|delivery)/.test(name));
const NAMES = [
  '',
  '!',
  '__proto__',
  'constructor',
  'toString',
  '주문',
  '😀',
  '\0',
  '\ufeff',
  'length',
  'a'.repeat(255),
];
const TEXTS = [
  '',
  '\0',
  '주문 취소 시간초과',
  '😀\u202e',
  '<img src=x onerror=alert(1)>',
  "'; DROP TABLE deaths; --",
  'java.lang.IllegalStateException: no\n\tat com.shop.Order.cancel(Order.java:12)\nCaused by: java.io.IOException',
  'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x',
  '{"error":"x","num_attempts":1e999,"failed_at":"never","properties":{"headers":[]}}',
  '[{"error":1}]',
  '{"a":'.repeat(300),
  '2026-13-45T99:99:99Z',
  '99999999999999999999',
  '-1',
  'rejected',
];
const BODIES = [
  '{"orderId":"ORD-1"}',
  '{"orderId":null,"order":{"id":{"a":1}},"orderIds":[1,"2",null,[3]]}',
  '{"orderId":123456789012345678901234567890}',
  '[[{},{"callbacks":null}]]',
  '{"error":{},"payload":"!!","properties":"!!"}',
  '{"queue_name":1,"options":{"traceback":[],"retries":"x"},"message_timestamp":1e300}',
  '{"Exception":"x","Message":"{","RoutingKey":1,"Exchange":null,"BasicProperties":{"Headers":[]}}',
  'O:36:"Symfony\\Component\\Messenger\\Envelope":2:{s:44:"',
  '{"pattern":{"cmd":1},"data":',
  '\ufeff{}',
  '',
];

/**
 * A message of any kind: properties and headers of every type, nested, doubled, odd and empty, with any body.
 *
 * @param names of headers that are likely. The broker's own, with nonsense in them, are left out of what it is to
 * dead-letter itself: RabbitMQ 3.10 loses its queue's process on them.
 */
export function fuzzMessage(random: FuzzRandom, names: 'all' | 'withoutBrokers'): FuzzMessage {
  const header = headerBytes(properties(random, names === 'all' ? READ_BY_THE_OFFICE : OF_APPLICATIONS));
  return { header: random.chance(0.004) ? spoilt(random, header) : header, body: body(random) };
}

function properties(random: FuzzRandom, names: readonly string[]): Parameters<typeof headerBytes>[0] {
  const some = random.chance(0.3) ? 0.9 : 0.3;
  const maybe = (make: () => Buffer) => (random.chance(some) ? make() : undefined);
  const text = () => short(shortText(random));
  const given = {
    contentType: maybe(() => short(random.chance(0.5) ? 'application/json' : shortText(random))),
    contentEncoding: maybe(() => short(random.chance(0.5) ? random.pick(['gzip', 'utf-8']) : shortText(random))),
    headers: random.chance(0.9) ? tableOf(...entries(random, names, 3)) : undefined,
    deliveryMode: maybe(() => uint8(random.chance(0.98) ? 1 + random.int(2) : random.int(256))),
    priority: maybe(() => uint8(random.int(256))),
    correlationId: maybe(text),
    replyTo: maybe(() => short(random.pick(['', 'answers', 'x'.repeat(255)]))),
    // Anything else is refused by the broker.
    expiration: random.chance(0.05) ? short('3600000') : undefined,
    messageId: maybe(text),
    timestamp: maybe(() => int(8, integer(random))),
    type: maybe(text),
    appId: maybe(text),
    clusterId: maybe(text),
  };
  return Object.fromEntries(Object.entries(given).filter((entry) => entry[1] !== undefined));
}

function entries(random: FuzzRandom, names: readonly string[], depth: number): [string | Buffer, Buffer][] {
  const count = random.chance(0.01) ? 150 : random.int(random.chance(0.2) ? 20 : 5);
  return Array.from({ length: count }, () => {
    const name = random.chance(0.4) ? random.pick(names) : shortText(random, NAMES);
    return [name, typed(random, names, depth)];
  });
}

function typed(random: FuzzRandom, names: readonly string[], depth: number): Buffer {
  const kinds = 'SSSStBbusIilLfdDTVxFA';
  const kind = kinds.charAt(random.int(kinds.length));
  if (kind === 'S') return string(longText(random));
  if (kind === 'x') return value('x', long(random.bytes(random.int(40))));
  if (kind === 't') return value('t', uint8(random.chance(0.9) ? random.int(2) : random.int(256)));
  if (kind === 'b' || kind === 'B') return value(kind, uint8(random.int(256)));
  if (kind === 's' || kind === 'u') return value(kind, int(2, random.int(65_536)));
  if (kind === 'I' || kind === 'i') return value(kind, int(4, integer(random)));
  if (kind === 'l' || kind === 'L' || kind === 'T') return value(kind, int(8, integer(random)));
  if (kind === 'f') return float((random.unit() - 0.5) * 1e38);
  if (kind === 'd') return double(random.pick([0, -0, 1e308, 5e-324, random.unit()]));
  if (kind === 'D') return value('D', Buffer.concat([uint8(random.int(256)), int(4, integer(random))]));
  if (kind === 'F' && depth > 0) return value('F', tableOf(...entries(random, names, depth - 1)));
  if (kind === 'A' && depth > 0)
    return array(...Array.from({ length: random.int(5) }, () => typed(random, names, depth - 1)));
  return value('V');
}

function integer(random: FuzzRandom): bigint {
  return random.pick([
    0n,
    1n,
    -1n,
    2n ** 31n,
    2n ** 53n + 1n,
    2n ** 63n - 1n,
    -(2n ** 63n),
    BigInt(random.int(2 ** 31)),
  ]);
}

function shortText(random: FuzzRandom, known = TEXTS): string | Buffer {
  if (random.chance(0.2)) return random.bytes(random.int(40));
  if (random.chance(0.02)) return random.bytes(255);
  const text = Buffer.from(random.pick(known));
  return text.subarray(0, 255);
}

function longText(random: FuzzRandom): string | Buffer {
  if (random.chance(0.15)) return random.bytes(random.int(200));
  if (random.chance(0.01)) return 'stack '.repeat(random.int(3000));
  return random.pick(TEXTS);
}

function body(random: FuzzRandom): Buffer {
  if (random.chance(0.002)) return random.bytes(1000).fill(0x5b, 500).subarray(0, 1000);
  if (random.chance(0.001)) return Buffer.alloc(1_500_000, random.bytes(64));
  if (random.chance(0.01)) return Buffer.from('['.repeat(random.int(30_000)));
  if (random.chance(0.02)) return Buffer.alloc(random.int(200_000), random.bytes(16));
  if (random.chance(0.3)) return random.bytes(random.int(120));
  return Buffer.from(random.pick(BODIES));
}

/** Some bytes changed: most brokers refuse it, and some of it is let through. */
function spoilt(random: FuzzRandom, header: Buffer): Buffer {
  const changed = Buffer.from(header);
  for (let times = 0; times < 3; times += 1) {
    if (changed.length > 2) changed[2 + random.int(changed.length - 2)] = random.int(256);
  }
  return changed;
}
