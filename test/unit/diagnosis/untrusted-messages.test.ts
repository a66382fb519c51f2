import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Header, HeaderTable, TypedValue } from '../../../server/amqp/message.ts';
import type { DeadMessage } from '../../../server/diagnosis/diagnosis.ts';
import { coarseFingerprint, fingerprint } from '../../../server/diagnosis/fingerprint.ts';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { headersForResend } from '../../../server/diagnosis/broker-headers.ts';
import {
  DEFAULT_BUSINESS_KEYS,
  extractBusinessKeys,
  parseBusinessKeyRules,
} from '../../../server/orders/business-keys.ts';
import { headerTables } from '../../support/header-tables.ts';
import { conventionHeaders, deadMessage, diedOn310, diedOn4, header, string } from './dead-messages.ts';
import { frameworkBodies, frameworkHeaders } from './dialects/framework-messages.ts';

const parsed = parseBusinessKeyRules(
  `${DEFAULT_BUSINESS_KEYS},property:message-id,body:$..id,body:$.items[?@.qty>1].sku`,
);
const rules = parsed.ok ? parsed.rules : [];

const EARLIEST = Date.UTC(1000, 0, 1);
const LATEST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

const genuine: HeaderTable[] = [
  conventionHeaders,
  diedOn4({ reason: 'rejected', queue: 'orders' }),
  diedOn310({ reason: 'expired', queue: 'orders.retry', count: 3 }, { reason: 'rejected', queue: 'orders', count: 3 }),
  [...diedOn4({ reason: 'delivery_limit', queue: 'orders' }), ...conventionHeaders, header('order-id', 'ORD-1')],
  ...frameworkHeaders,
  ...frameworkHeaders.map((headers) => [...headers, ...diedOn4({ reason: 'rejected', queue: 'orders' })]),
];

const hugeTexts = fc.constantFrom(
  '가'.repeat(200_000),
  "'".repeat(100_000),
  '\n\tat a.b('.repeat(20_000),
  '1-'.repeat(100_000),
  '\0',
  '😀'.repeat(100),
);
const junk: fc.Arbitrary<TypedValue> = fc.oneof(
  headerTables().chain((table) =>
    fc.constantFrom<TypedValue>(
      { type: 'table', value: table },
      ...table.map(({ name: _name, ...value }) => value as TypedValue),
    ),
  ),
  hugeTexts.map(string),
  fc.constantFrom<TypedValue>(
    { type: 'string', value: { base64: '//79' } },
    { type: 'unparsed', value: 'AAAA' },
    { type: 'double', value: 'NaN' },
    { type: 'array', value: Array.from({ length: 5000 }, () => ({ type: 'table', value: [] })) },
  ),
);

/** A value somewhere in the tree becomes another: `at` chooses which. */
function mutate(table: HeaderTable, at: number, value: TypedValue): HeaderTable {
  if (table.length === 0) return [];
  const index = at % table.length;
  const next = Math.floor(at / table.length);
  return table.map((entry, position) =>
    position === index ? { ...mutateValue(entry, next, value), name: entry.name } : entry,
  );
}

function mutateValue(target: TypedValue, at: number, value: TypedValue): TypedValue {
  if (at % 3 === 0) return value;
  const next = Math.floor(at / 3);
  if (target.type === 'table') return { type: 'table', value: mutate(target.value, next, value) };
  if (target.type !== 'array' || target.value.length === 0) return value;
  const index = next % target.value.length;
  return {
    type: 'array',
    value: target.value.map((item, position) => (position === index ? mutateValue(item, next, value) : item)),
  };
}

const mutatedHeaders = fc
  .record({
    base: fc.constantFrom(...genuine),
    mutations: fc.array(fc.tuple(fc.nat(), junk), { maxLength: 4 }),
    extra: headerTables(),
    shuffle: fc.nat(),
  })
  .map(({ base, mutations, extra, shuffle }) => {
    const mutated = mutations.reduce((table, [at, value]) => mutate(table, at, value), base);
    const doubled: Header[] = [...extra, ...mutated, ...base.slice(0, shuffle % 3)];
    return shuffle % 2 === 0 ? doubled : doubled.reverse();
  });

/** A framework's body in which one value is another. */
const frameworkJson = fc
  .tuple(fc.constantFrom(...frameworkBodies), fc.nat(), fc.jsonValue())
  .map(([body, at, value]) => {
    let left = at % 12;
    return Buffer.from(JSON.stringify(body, (name, known: unknown) => (name !== '' && left-- === 0 ? value : known)));
  });

const bodies = fc.oneof(
  frameworkJson,
  fc.json({ maxDepth: 6 }).map((text) => Buffer.from(text)),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(fc.constantFrom('orderId', 'orderIds', 'order', '__proto__', 'id', 'items'), fc.json())
    .map(([name, text]) => Buffer.from(`{"${name}":${text}}`)),
  fc
    .constantFrom(
      '',
      '[',
      '{"orderId":',
      `${'['.repeat(50_000)}${']'.repeat(50_000)}`,
      '{"orderId":"\\ud800"}',
      '\ufeff{"orderId":1}',
      '{"orderId":1e999}',
      `{"orderId":${'9'.repeat(10_000)}}`,
    )
    .map((text) => Buffer.from(text)),
);

const messages: fc.Arbitrary<DeadMessage> = fc
  .record({
    headers: mutatedHeaders,
    body: bodies,
    type: fc.constantFrom({}, { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ' }, { type: '' }),
  })
  .map(({ headers, body, type }) => deadMessage(headers, { body, properties: type }));

const bytes = (text: string | null): number => Buffer.byteLength(text ?? '');
const wellFormed = (text: string | null): boolean => text === null || !/\p{Surrogate}/u.test(text);

function expectBounded(message: DeadMessage): void {
  const diagnosis = diagnose(message);
  expect(bytes(diagnosis.errorType)).toBeLessThanOrEqual(255);
  expect(bytes(diagnosis.errorMessage)).toBeLessThanOrEqual(16 * 1024);
  expect(bytes(diagnosis.stackTrace)).toBeLessThanOrEqual(64 * 1024);
  const { exchange, queue, routingKeys } = diagnosis.origin;
  for (const name of [exchange, queue, ...routingKeys]) expect(bytes(name)).toBeLessThanOrEqual(255);
  for (const text of [diagnosis.errorType, diagnosis.errorMessage, diagnosis.stackTrace, exchange, queue]) {
    expect(wellFormed(text)).toBe(true);
  }
  expect(routingKeys.length).toBeLessThanOrEqual(20);
  expect(diagnosis.history.length).toBeLessThanOrEqual(100);
  for (const time of [diagnosis.occurredAt, ...diagnosis.history.map(({ firstAt }) => firstAt)]) {
    if (time !== null) expect(time.getTime() >= EARLIEST && time.getTime() <= LATEST).toBe(true);
  }
  if (diagnosis.retryCount !== null) {
    expect(Number.isInteger(diagnosis.retryCount) && diagnosis.retryCount >= 0 && diagnosis.retryCount < 2 ** 31).toBe(
      true,
    );
  }
  const parts = { broker: 'default', queue, ...diagnosis };
  for (const made of [fingerprint(parts), coarseFingerprint(parts)]) {
    expect(made.hash).toHaveLength(16);
    expect(bytes(made.title)).toBeLessThanOrEqual(255);
    expect(bytes(made.frame)).toBeLessThanOrEqual(255);
    expect(bytes(made.normalisedMessage)).toBeLessThanOrEqual(1024);
  }
  expect(headersForResend(message.headers, diagnosis.stripHeaders).length).toBeLessThanOrEqual(message.headers.length);
  for (const values of extractBusinessKeys(rules, message).values()) {
    expect(values.length).toBeLessThanOrEqual(100);
    expect(new Set(values).size).toBe(values.length);
    for (const value of values) {
      expect(bytes(value) > 0 && bytes(value) <= 191 && wellFormed(value)).toBe(true);
    }
  }
}

test('thousands of forged and broken messages: nothing is thrown, everything is bounded, none takes long', () => {
  expect(rules).toHaveLength(1);
  fc.assert(
    fc.property(messages, (message) => {
      const before = structuredClone(message.headers);
      const started = performance.now();
      expectBounded(message);
      expect(performance.now() - started).toBeLessThan(2000);
      expect(message.headers).toEqual(before);
    }),
    { numRuns: 2000 },
  );
}, 120_000);
