import { describe, expect, test } from 'vitest';
import type { TypedValue } from '../../../../server/amqp/message.ts';
import { readEasyNetQMessage } from '../../../../server/diagnosis/easynetq-message.ts';
import { easyNetQBody } from './framework-messages.ts';

const base64 = (text: string | number[]) => Buffer.from(text as string).toString('base64');

/** The message in an envelope with these parts, as JSON text where numbers matter. */
const open = (parts: { BasicProperties?: unknown; Message?: unknown }, change = (json: string) => json) =>
  readEasyNetQMessage(Buffer.from(change(JSON.stringify({ ...easyNetQBody, ...parts }))));
const headersOf = (headers: Record<string, unknown>, change?: (json: string) => string) => {
  const opened = open({ BasicProperties: { Headers: headers } }, change);
  const typed: Record<string, TypedValue> = {};
  for (const { name, ...value } of opened?.contents.headers ?? []) typed[name] = value;
  return { typed, inexactParts: opened?.inexactParts };
};

describe('the message in an EasyNetQ envelope', () => {
  test('is its text and its properties', () => {
    expect(open({})).toEqual({
      contents: {
        properties: { type: 'Acme.OrderCreated, Acme', deliveryMode: 2 },
        body: Buffer.from('{"OrderId":"ORD-20261122-000123"}'),
      },
      inexactParts: [],
    });
  });

  test('has every property that it had, whatever the names begin with', () => {
    const basic = {
      ContentType: 'application/json',
      ContentEncoding: 'utf-8',
      DeliveryMode: 2,
      Priority: 9,
      CorrelationId: '상관-1',
      ReplyTo: 'replies',
      Expiration: '1.02:03:04.0500000',
      MessageId: 'm-1',
      Timestamp: 1795330800,
      Type: 'T',
      UserId: 'guest',
      AppId: 'shop',
      ClusterId: 'c',
    };
    const expected = {
      contentType: 'application/json',
      contentEncoding: 'utf-8',
      deliveryMode: 2,
      priority: 9,
      correlationId: '상관-1',
      replyTo: 'replies',
      expiration: String((26 * 3600 + 3 * 60 + 4) * 1000 + 50),
      messageId: 'm-1',
      timestamp: '1795330800',
      type: 'T',
      userId: 'guest',
      appId: 'shop',
      clusterId: 'c',
    };
    expect(open({ BasicProperties: basic })?.contents.properties).toEqual(expected);
    const small = Object.fromEntries(
      Object.entries(basic).map(([name, value]) => [`${name.charAt(0).toLowerCase()}${name.slice(1)}`, value]),
    );
    const opened = readEasyNetQMessage(Buffer.from(JSON.stringify({ message: 'x', basicProperties: small })));
    expect(opened?.contents.properties).toEqual(expected);
  });

  test('has no property that .NET only has a zero or null for', () => {
    const zeros = { DeliveryMode: 0, Priority: 0, Timestamp: 0, ContentType: null, Expiration: null, Headers: {} };
    expect(open({ BasicProperties: zeros })?.contents).toEqual({
      properties: {},
      body: Buffer.from(easyNetQBody.Message),
    });
  });

  test('believes `…Present` where it is written: a priority of 0 can be one', () => {
    const flags = { Priority: 0, PriorityPresent: true, DeliveryMode: 2, DeliveryModePresent: false, Type: 'T' };
    expect(open({ BasicProperties: { ...flags, TypePresent: true } })?.contents.properties).toEqual({
      priority: 0,
      type: 'T',
    });
  });

  test('has exact numbers', () => {
    const opened = open({ BasicProperties: { Timestamp: 7 } }, (json) => json.replace(':7}', ':9007199254740993}'));
    expect(opened?.contents.properties).toEqual({ timestamp: '9007199254740993' });
  });
});

describe('its headers', () => {
  test('that were strings are base64, and exact whatever their bytes', () => {
    const headers = {
      tenant: base64('acme'),
      bytes: base64([0xff, 0xfe]),
      empty: '',
      한글: base64('값'),
      ok: true,
      no: null,
    };
    expect(headersOf(headers)).toEqual({
      typed: {
        tenant: { type: 'string', value: 'acme' },
        bytes: { type: 'string', value: { base64: '//4=' } },
        empty: { type: 'string', value: '' },
        한글: { type: 'string', value: '값' },
        ok: { type: 'boolean', value: true },
        no: { type: 'void', value: null },
      },
      inexactParts: [],
    });
  });

  test('are marked as bytes by Newtonsoft', () => {
    const headers = {
      $type: 'System.Collections.Generic.Dictionary`2[[System.String],[System.Object]], mscorlib',
      tenant: { $type: 'System.Byte[], mscorlib', $value: base64('acme') },
      list: { $type: 'System.Collections.Generic.List`1[[System.Object]], mscorlib', $values: [1] },
      text: 'abcd',
    };
    expect(headersOf(headers)).toEqual({
      typed: {
        tenant: { type: 'string', value: 'acme' },
        list: { type: 'array', value: [{ type: 'int32', value: 1 }] },
        text: { type: 'string', value: 'abcd' },
      },
      inexactParts: ['header list', 'header text'],
    });
  });

  test('of other types are guessed, and named; not those that never go out again', () => {
    const headers = {
      retries: 3,
      big: 123,
      ratio: 0.5,
      at: { UnixTime: 1795330800 },
      raw: { Bytes: base64([1]) },
      table: { a: base64('x'), n: 1 },
      text: 'no base64!',
      'x-death': [{ count: 1, queue: base64('orders') }],
      CC: [base64('copy')],
    };
    const { typed, inexactParts } = headersOf(headers, (json) => json.replace(':123,', ':9007199254740993,'));
    expect(typed).toMatchObject({
      retries: { type: 'int32', value: 3 },
      big: { type: 'int64', value: '9007199254740993' },
      ratio: { type: 'double', value: 0.5 },
      at: { type: 'timestamp', value: '1795330800' },
      raw: { type: 'bytes', value: 'AQ==' },
      table: {
        type: 'table',
        value: [
          { name: 'a', type: 'string', value: 'x' },
          { name: 'n', type: 'int32', value: 1 },
        ],
      },
      text: { type: 'string', value: 'no base64!' },
    });
    expect(inexactParts).toEqual(
      ['retries', 'big', 'ratio', 'at', 'raw', 'table', 'text'].map((name) => `header ${name}`),
    );
  });

  test('are exact with their types where the writer gave these', () => {
    const typed = (Type: number, Value: unknown) => ({ Type, Value });
    const headers = {
      void: typed(1, null),
      bool: typed(2, true),
      uint8: typed(3, 200),
      int8: typed(4, -5),
      int16: typed(5, 300),
      int32: typed(6, 5),
      uint32: typed(7, 4294967295),
      int64: typed(8, 123),
      float: typed(9, 0.1),
      double: typed(10, 5),
      decimal: typed(11, 1990),
      at: typed(12, 1795330800),
      string: typed(13, 'text'),
      bytes: typed(14, base64('취소')),
      list: typed(15, [typed(6, 1), typed(14, base64('two'))]),
      table: typed(16, { Nested: typed(8, 7) }),
      binary: typed(17, base64([0, 1])),
    };
    const exact = (json: string) => json.replace(':123}', ':9007199254740993}').replace(':1990}', ':19.90}');
    expect(headersOf(headers, exact)).toEqual({
      typed: {
        void: { type: 'void', value: null },
        bool: { type: 'boolean', value: true },
        uint8: { type: 'uint8', value: 200 },
        int8: { type: 'int8', value: -5 },
        int16: { type: 'int16', value: 300 },
        int32: { type: 'int32', value: 5 },
        uint32: { type: 'uint32', value: 4294967295 },
        int64: { type: 'int64', value: '9007199254740993' },
        float: { type: 'float', value: Math.fround(0.1) },
        double: { type: 'double', value: 5 },
        decimal: { type: 'decimal', value: { places: 2, digits: 1990 } },
        at: { type: 'timestamp', value: '1795330800' },
        string: { type: 'string', value: 'text' },
        bytes: { type: 'string', value: '취소' },
        list: {
          type: 'array',
          value: [
            { type: 'int32', value: 1 },
            { type: 'string', value: 'two' },
          ],
        },
        table: { type: 'table', value: [{ name: 'Nested', type: 'int64', value: '7' }] },
        binary: { type: 'bytes', value: 'AAE=' },
      },
      inexactParts: [],
    });
  });

  test('may have lost their capital letters where the envelope has: then none is sure, but for typed ones', () => {
    const small = (headers: unknown) =>
      readEasyNetQMessage(Buffer.from(JSON.stringify({ message: 'x', basicProperties: { headers } })));
    expect(small({ traceId: base64('1') })?.inexactParts).toEqual(['header traceId']);
    expect(small({ TraceId: base64('1'), b: base64('1') })?.inexactParts).toEqual([]);
    expect(small({ traceId: { type: 14, value: base64('1') } })?.inexactParts).toEqual([]);
    expect(small({ t: { type: 16, value: { a: { type: 6, value: 1 } } } })?.inexactParts).toEqual(['header t']);
  });
});

describe('its body', () => {
  const json = { BasicProperties: { ContentType: 'application/json' } };
  const bodyOf = (Message: string, rest: object = json) => {
    const opened = open({ ...rest, Message });
    return { body: opened?.contents.body.toString(), inexactParts: opened?.inexactParts };
  };

  test('is base64 only where it says that it is JSON, and only what is in the base64 is', () => {
    expect(bodyOf(base64('{"OrderId":1}'))).toEqual({ body: '{"OrderId":1}', inexactParts: [] });
  });

  test('is text, and not sure, where it could be base64 of anything', () => {
    const text = base64('{"OrderId":1}');
    expect(bodyOf(text, { BasicProperties: {} })).toEqual({ body: text, inexactParts: ['body'] });
    expect(bodyOf('abcdabcd')).toEqual({ body: 'abcdabcd', inexactParts: ['body'] });
  });

  test.each(['{"a":1}', 'true', 'null', '12345678', '', '주문', 'not base64', '<xml/>'])(
    'is exactly the text %j',
    (text) => {
      expect(bodyOf(text)).toEqual({ body: text, inexactParts: [] });
    },
  );

  test('is not sure where bytes were lost', () => {
    expect(bodyOf('a\uFFFDb')).toEqual({ body: 'a\uFFFDb', inexactParts: ['body'] });
    expect(bodyOf('\ud800').inexactParts).toEqual(['body']);
  });
});

test.each<[string, object]>([
  ['no properties', { BasicProperties: null }],
  ['properties that are a number', { BasicProperties: 7 }],
  ['no text', { Message: null }],
  ['a body that is an object', { Message: {} }],
  ['a property of another type', { BasicProperties: { ContentType: 7 } }],
  ['a property longer than AMQP has', { BasicProperties: { MessageId: 'x'.repeat(256) } }],
  ['a delivery mode that is none', { BasicProperties: { DeliveryMode: 256 } }],
  ['a time in words', { BasicProperties: { Timestamp: 'noon' } }],
  ['an expiration that is none', { BasicProperties: { Expiration: '00:00:00.0000001' } }],
  ['a header name that is too long', { BasicProperties: { Headers: { ['x'.repeat(256)]: 'YQ==' } } }],
  ['headers that are a list', { BasicProperties: { Headers: [] } }],
  ['a typed header out of its range', { BasicProperties: { Headers: { a: { Type: 3, Value: 256 } } } }],
  [
    'headers nested for ever',
    { BasicProperties: { Headers: JSON.parse(`${'{"a":'.repeat(50)}1${'}'.repeat(50)}`) as unknown } },
  ],
])('stays in its envelope where that has %s', (_, parts) => {
  expect(open(parts)).toBeNull();
});

test('header names that mean something to JavaScript are names', () => {
  const opened = readEasyNetQMessage(
    Buffer.from('{"Message":"x","BasicProperties":{"Headers":{"__proto__":"YQ==","constructor":"Yg=="}}}'),
  );
  expect(opened?.contents.headers).toEqual([
    { name: '__proto__', type: 'string', value: 'a' },
    { name: 'constructor', type: 'string', value: 'b' },
  ]);
});
