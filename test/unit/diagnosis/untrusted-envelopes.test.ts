import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodeContentHeader } from '../../../server/amqp/content-header.ts';
import { decodeTable, encodeTable } from '../../../server/amqp/field-table.ts';
import type { DeadMessage } from '../../../server/diagnosis/diagnosis.ts';
import { diagnose } from '../../../server/diagnosis/index.ts';
import { deadMessage, header } from './dead-messages.ts';
import { addSlashes, easyNetQBody, phpEnvelope, sneakersBody } from './dialects/framework-messages.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');
const typed = (Type: number, Value: unknown) => ({ Type, Value });

const basic = {
  ContentType: 'application/json',
  Priority: 0,
  PriorityPresent: true,
  Expiration: '00:01:00',
  Timestamp: 1795330800,
  MessageId: 'm-1',
};
/** What the writers of headers make: types beside values, base64 alone, Newtonsoft's notes. */
const headers = [
  {
    a: typed(14, base64('취소')),
    b: typed(6, 3),
    c: typed(15, [typed(8, 7), typed(9, 0.5)]),
    d: typed(16, { e: typed(11, 19.9), f: typed(12, 1795330800), g: typed(17, 'AAE='), h: typed(2, true) }),
    i: typed(1, null),
  },
  { a: base64('취소'), b: 3, c: [1.5, { d: 'x' }], e: { UnixTime: 7 }, f: { Bytes: 'AAE=' }, g: null, h: true },
  {
    $type: 'System.Collections.Generic.Dictionary`2[[System.String],[System.Object]]',
    a: { $type: 'System.Byte[], mscorlib', $value: base64('취소') },
    b: { $type: 'System.Collections.Generic.List`1[[System.Object]]', $values: [1, 'x'] },
  },
];
const properties = {
  content_type: 'application/json',
  timestamp: '2026-11-22 16:00:00 +0900',
  headers: { a: '취소', b: 3, c: [true, null], d: { e: 1.5 }, 'x-death': [{ count: 3 }] },
};

type Wrap = (text: string) => DeadMessage;
const asEasyNetQ: Wrap = (text) =>
  deadMessage([], { properties: { type: 'EasyNetQ.SystemMessages.Error, EasyNetQ' }, body: Buffer.from(text) });
const asBody: Wrap = (text) => deadMessage([], { deadQueue: 'sms-error', body: Buffer.from(text) });
const asHeader: Wrap = (text) => deadMessage([header('retry_info', text)], { deadQueue: 'sms-error' });
/** Broken before it is put into base64. */
const withProperties: Wrap = (text) => asBody(JSON.stringify({ ...sneakersBody, properties: base64(text) }));

const genuine: [string, Wrap][] = [
  ...headers.map((Headers): [string, Wrap] => [
    JSON.stringify({ ...easyNetQBody, BasicProperties: { ...basic, Headers } }),
    asEasyNetQ,
  ]),
  [JSON.stringify({ message: base64('{"a":1}'), basicProperties: { contentType: 'application/json' } }), asEasyNetQ],
  [JSON.stringify({ num_attempts: 3, properties }), asHeader],
  [JSON.stringify([{ num_attempts: 3, properties }, ['error', 'reject']]), asHeader],
  [JSON.stringify(sneakersBody), asBody],
  [JSON.stringify(properties), withProperties],
  [JSON.stringify(Object.entries(properties)), withProperties],
  [addSlashes(phpEnvelope()), asBody],
  [base64(addSlashes(phpEnvelope())), asBody],
];

const pieces = fc.constantFrom(
  ...['"', '{', '}', '[', ']', ',', ':', '\\', '\0', '\uFFFD', '=', '-', 'null', '7', '""', '{}', '[]', '1e999'],
  ...['\\ud800', '\\u0000', '-0', '0.1', '"__proto__":1,', '"$type":"System.Byte[]",', '"Type":14,', '"Value":"YQ==",'],
  ...[
    '9'.repeat(400),
    '가'.repeat(300),
    's:9999999:"',
    '\\0',
    '"x":'.repeat(200),
    '['.repeat(300),
    '{"a":'.repeat(300),
  ],
);

/** A text in which some places are other than they were. */
const mutated = fc
  .tuple(fc.constantFrom(...genuine), fc.array(fc.tuple(fc.nat(), fc.nat(12), pieces), { maxLength: 3 }), fc.boolean())
  .map(([[text, wrap], changes, cut]): DeadMessage => {
    let changed = text;
    for (const [at, removed, piece] of changes) {
      const start = at % (changed.length + 1);
      changed = `${changed.slice(0, start)}${piece}${cut ? '' : changed.slice(start + removed)}`;
    }
    return wrap(changed);
  });

/** One value of the JSON is another. */
const replaced = fc
  .tuple(fc.constantFrom(...genuine.slice(0, 9)), fc.nat(), fc.jsonValue())
  .map(([[text, wrap], at, value]): DeadMessage => {
    let left = at % 30;
    return wrap(
      JSON.stringify(JSON.parse(text), (name, known: unknown) => (name !== '' && left-- === 0 ? value : known)),
    );
  });

/** What comes out can be stored, and written on the wire as it is. */
function expectSendable(message: DeadMessage): boolean {
  const { inner } = diagnose(message);
  if (inner === undefined) return false;
  const { contents, inexactParts } = inner;
  expect(JSON.parse(JSON.stringify(contents.properties))).toEqual(contents.properties);
  encodeContentHeader(1, contents.body.length, contents);
  if (contents.headers !== undefined) {
    expect(JSON.parse(JSON.stringify(contents.headers))).toEqual(contents.headers);
    expect(decodeTable(encodeTable(contents.headers))).toEqual(contents.headers);
  }
  for (const part of inexactParts) expect(part).toMatch(/^(?:body|property \w+|header .*)$/s);
  return true;
}

test('thousands of forged and broken envelopes: nothing is thrown, what comes out can be sent, none takes long', () => {
  let opened = 0;
  fc.assert(
    fc.property(fc.oneof(mutated, replaced), (message) => {
      const started = performance.now();
      if (expectSendable(message)) opened += 1;
      expect(performance.now() - started).toBeLessThan(5000);
    }),
    { numRuns: 6000 },
  );
  expect(opened).toBeGreaterThan(1000);
}, 120_000);

test.each([
  ['a long text', JSON.stringify({ Message: 'a'.repeat(500_000), BasicProperties: {} })],
  ['a long base64', JSON.stringify({ Message: 'YWJj'.repeat(125_000), BasicProperties: {} })],
  [
    'many headers',
    JSON.stringify({
      Message: '',
      BasicProperties: { Headers: Object.fromEntries(Array.from({ length: 40_000 }, (_, at) => [`h${at}`, 1])) },
    }),
  ],
  ['deep nesting', `{"Message":"","BasicProperties":{"Headers":${'{"a":'.repeat(100_000)}`],
  ['equal names', `{"Message":"","BasicProperties":{"Headers":{${'"a":[1,2],'.repeat(50_000)}"a":1}}}`],
])('an envelope made to be slow (%s) is not', (_, text) => {
  const started = performance.now();
  diagnose(asEasyNetQ(text));
  expect(performance.now() - started).toBeLessThan(5000);
});

test.each(['\\', '\\0Symfony\\\\Component\\\\Messenger\\\\Stamp\\\\RedeliveryStamp\\0retryCount\\";i:1;', 's:9:\\"'])(
  'a PHP body made to be slow (%j) is not',
  (unit) => {
    const started = performance.now();
    diagnose(
      asBody(`O:36:\\"Symfony\\\\Component\\\\Messenger\\\\Envelope\\":2:{${unit.repeat(500_000 / unit.length)}`),
    );
    expect(performance.now() - started).toBeLessThan(5000);
  },
);
