import { describe, expect, test } from 'vitest';
import type { HeaderTable, MessageProperties } from '../../../server/contract/wire.ts';
import {
  businessKeyTail,
  DEFAULT_BUSINESS_KEYS,
  extractBusinessKeys,
  parseBusinessKeyRules,
} from '../../../server/orders/business-keys.ts';

interface Parts {
  headers?: HeaderTable;
  properties?: MessageProperties;
  /** Text as it is, anything else as JSON. */
  body?: unknown;
}

function keys(rules: string, { headers = [], properties = {}, body = '' }: Parts): Record<string, string[]> {
  const parsed = parseBusinessKeyRules(rules);
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return Object.fromEntries(extractBusinessKeys(parsed.rules, { headers, properties, body: bytes }));
}
const orderIds = (parts: Parts): string[] => keys(DEFAULT_BUSINESS_KEYS, parts).orderId ?? [];

describe('order IDs by the default rules', () => {
  test('from the headers, whatever the name and type', () => {
    const headers: HeaderTable = [
      { name: 'x-order-id', type: 'int64', value: '9223372036854775807' },
      { name: 'orderId', type: 'int32', value: 42 },
      { name: 'order-id', type: 'string', value: ' ORD-20261122-000123 ' },
    ];
    expect(orderIds({ headers })).toEqual(['ORD-20261122-000123', '42', '9223372036854775807']);
  });

  test('from the body: one, several, nested; each once, in the order of the rule', () => {
    expect(orderIds({ body: { order: { id: 'C' }, orderIds: ['A', 'B', 'A'], orderId: 'A' } })).toEqual([
      'A',
      'B',
      'C',
    ]);
  });

  test('numbers are exact past 2^53', () => {
    expect(
      orderIds({ body: '{"orderId":9007199254740993,"orderIds":[-9223372036854775808,12345678901234567890123]}' }),
    ).toEqual(['9007199254740993', '-9223372036854775808', '12345678901234567890123']);
  });

  test('a message without any has none', () => {
    expect(keys(DEFAULT_BUSINESS_KEYS, { body: { id: 'ORD-1' } })).toEqual({});
  });
});

describe('sources', () => {
  test.each<[HeaderTable[number], string[]]>([
    [
      {
        name: 'h',
        type: 'array',
        value: [
          { type: 'string', value: 'A' },
          { type: 'int8', value: 5 },
          { type: 'table', value: [] },
        ],
      },
      ['A', '5'],
    ],
    [{ name: 'h', type: 'decimal', value: { places: 2, digits: -5 } }, ['-0.05']],
    [{ name: 'h', type: 'boolean', value: true }, ['true']],
    [{ name: 'h', type: 'double', value: 1.5 }, ['1.5']],
    [{ name: 'h', type: 'double', value: 'NaN' }, []],
    [{ name: 'h', type: 'timestamp', value: '18446744073709551615' }, ['18446744073709551615']],
    [{ name: 'h', type: 'bytes', value: Buffer.from('주문-1').toString('base64') }, ['주문-1']],
    [{ name: 'h', type: 'bytes', value: '//79' }, []],
    [{ name: 'h', type: 'string', value: { base64: '//79' } }, []],
    [{ name: 'h', type: 'void', value: null }, []],
    [{ name: 'h', type: 'table', value: [] }, []],
    [{ name: 'h', type: 'string', value: '  ' }, []],
  ])('the header %j gives %j', (header, expected) => {
    expect(keys('k=header:h', { headers: [header] }).k ?? []).toEqual(expected);
  });

  test('properties, text or number; not those whose bytes are no text', () => {
    const properties: MessageProperties = {
      messageId: 'M-1',
      priority: 5,
      correlationId: '\uFFFD',
      raw: { correlationId: '/w==' },
    };
    expect(
      keys('m=property:message_id;p=property:priority;c=property:correlationId;t=property:type', { properties }),
    ).toEqual({
      m: ['M-1'],
      p: ['5'],
    });
  });

  test('filters, descendants and arrays of a JSONPath', () => {
    const body = {
      items: [
        { id: 'A', qty: 2 },
        { id: 'B', qty: 0 },
      ],
      refs: ['X', ['Y']],
      flag: true,
      none: null,
    };
    expect(
      keys('f=body:$.items[?@.qty>0].id;d=body:$..id;r=body:$.refs;b=body:$.flag;n=body:$.none', { body }),
    ).toEqual({
      f: ['A'],
      d: ['A', 'B'],
      r: ['X'],
      b: ['true'],
    });
  });

  test('names that JavaScript treats specially are just names', () => {
    const body = '{"__proto__":{"id":"P"},"constructor":"C"}';
    expect(keys("a=body:$['__proto__'].id;b=body:$.constructor;c=body:$.toString;d=body:$.length", { body })).toEqual({
      a: ['P'],
      b: ['C'],
    });
  });
});

describe('bodies that are not looked into', () => {
  test.each<[string, string | Buffer]>([
    ['empty', ''],
    ['no JSON', 'orderId=ORD-1'],
    ['cut short', '{"orderId":"ORD-1"'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0x6f, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['nested 100 000 deep', `{"orderId":"A","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`],
    ['of over 8 MiB', `{"orderId":"A","x":"${'x'.repeat(8 * 1024 * 1024)}"}`],
    ['of millions of values', `{"orderId":"A","x":[${'[],'.repeat(1_000_000)}1]}`],
  ])('%s: no keys from it, and the headers still count', (_what, body) => {
    const headers: HeaderTable = [{ name: 'order-id', type: 'string', value: 'H' }];
    const started = performance.now();
    expect(orderIds({ headers, body })).toEqual(['H']);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('100 levels are looked into, 101 are not; brackets in strings are no levels', () => {
    const nested = (levels: number): string =>
      `{"orderId":"A","x":${'['.repeat(levels - 1)}"${'['.repeat(500)}\\"["${']'.repeat(levels - 1)}}`;
    expect(orderIds({ body: nested(100) })).toEqual(['A']);
    expect(keys('k=body:$..orderId', { body: nested(100) })).toEqual({ k: ['A'] });
    expect(orderIds({ body: nested(101) })).toEqual([]);
  });

  test('in a large body a number that JavaScript would round is left out, never rounded', () => {
    const filler = 'x'.repeat(2 * 1024 * 1024);
    expect(orderIds({ body: `{"orderId":9007199254740993,"orderIds":["A",7],"x":"${filler}"}` })).toEqual(['A', '7']);
  });

  test('a byte order mark does not hide the JSON', () => {
    expect(orderIds({ body: '\ufeff{"orderId":"A"}' })).toEqual(['A']);
  });
});

describe('bounds', () => {
  test('at most 100 values of a key', () => {
    const values = orderIds({ body: { orderIds: Array.from({ length: 5000 }, (_, index) => `ORD-${index}`) } });
    expect(values).toEqual(Array.from({ length: 100 }, (_, index) => `ORD-${index}`));
  });

  test('a value over 191 bytes is left out, not cut', () => {
    expect(orderIds({ body: { orderIds: ['가'.repeat(64), 'x'.repeat(192), 'x'.repeat(191)] } })).toEqual([
      'x'.repeat(191),
    ]);
  });

  test('text that UTF-8 cannot hold is left out', () => {
    expect(orderIds({ body: '{"orderId":"\\ud800"}' })).toEqual([]);
  });
});

test.each([
  ['ORD-20261122-000123', '20261122-000123'],
  ['ord_KR/42', '42'],
  ['주문-7', '7'],
  ['20261122', '20261122'],
  ['#12', '12'],
  ['ABC', 'ABC'],
  ['-', '-'],
])('the tail of %s is %s', (value, tail) => {
  expect(businessKeyTail(value)).toBe(tail);
});
