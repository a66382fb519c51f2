import fc from 'fast-check';

import type { ContentHeader } from '../../server/amqp/content-header.ts';
import type { Header, HeaderTable, TypedValue } from '../../server/amqp/message.ts';

/** Texts that trip codecs: empty, Korean, emoji, control characters, names that JavaScript treats specially. */
const texts = fc.oneof(
  fc.constantFrom('', '!', '__proto__', 'constructor', 'toString', '주문 취소', '😀', '\0', '\ufeff', 'length'),
  fc.string({ unit: 'binary', maxLength: 40 }),
);

const invalidUtf8 = fc
  .uint8Array({ maxLength: 20 })
  .map((bytes) => Buffer.concat([Buffer.from(bytes), Buffer.from([0xff])]).toString('base64'));

const integers = (min: number, max: number) => fc.oneof(fc.constantFrom(min, max, 0), fc.integer({ min, max }));

const bigs = (min: bigint, max: bigint) =>
  fc.oneof(fc.constantFrom(min, max, 0n, 2n ** 53n + 1n), fc.bigInt({ min, max })).map(String);

const floats = (value: number): number | 'NaN' | 'Infinity' | '-Infinity' | '-0' => {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return 'Infinity';
  if (value === -Infinity) return '-Infinity';
  return Object.is(value, -0) ? '-0' : value;
};

interface TableOptions {
  /** False leaves out what RabbitMQ itself does not carry: NaN and the infinities. Default: true. */
  everyFloat?: boolean;
}

/** Every type of value, nested up to a few levels. */
function typedValues(tie: fc.LetrecTypedTie<Tied>, everyFloat: boolean): fc.Arbitrary<TypedValue> {
  const special = { noNaN: !everyFloat, noDefaultInfinity: !everyFloat };
  return fc.oneof(
    { maxDepth: 4 },
    fc.record({ type: fc.constant('int8' as const), value: integers(-128, 127) }),
    fc.record({ type: fc.constant('uint8' as const), value: integers(0, 255) }),
    fc.record({ type: fc.constant('int16' as const), value: integers(-32768, 32767) }),
    fc.record({ type: fc.constant('uint16' as const), value: integers(0, 65535) }),
    fc.record({ type: fc.constant('int32' as const), value: integers(-(2 ** 31), 2 ** 31 - 1) }),
    fc.record({ type: fc.constant('uint32' as const), value: integers(0, 2 ** 32 - 1) }),
    fc.record({ type: fc.constant('int64' as const), value: bigs(-(2n ** 63n), 2n ** 63n - 1n) }),
    fc.record({ type: fc.constant('timestamp' as const), value: bigs(0n, 2n ** 64n - 1n) }),
    fc.record({ type: fc.constant('float' as const), value: fc.float(special).map(floats) }),
    fc.record({ type: fc.constant('double' as const), value: fc.double(special).map(floats) }),
    fc.record({
      type: fc.constant('decimal' as const),
      value: fc.record({ places: integers(0, 255), digits: integers(-(2 ** 31), 2 ** 31 - 1) }),
    }),
    fc.record({
      type: fc.constant('string' as const),
      value: fc.oneof(
        texts,
        invalidUtf8.map((base64) => ({ base64 })),
      ),
    }),
    fc.record({
      type: fc.constant('bytes' as const),
      value: fc.uint8Array({ maxLength: 30 }).map((bytes) => Buffer.from(bytes).toString('base64')),
    }),
    fc.record({ type: fc.constant('boolean' as const), value: fc.boolean() }),
    fc.constant<TypedValue>({ type: 'void', value: null }),
    fc.record({ type: fc.constant('table' as const), value: tie('table') }),
    fc.record({ type: fc.constant('array' as const), value: fc.array(tie('value'), { maxLength: 4 }) }),
  );
}

// A type, not an interface: only those are records to the compiler.
type Tied = { value: TypedValue; table: HeaderTable };

/** Tables of every type, with awkward names, names that are not UTF-8, and duplicates. */
export function headerTables({ everyFloat = true }: TableOptions = {}): fc.Arbitrary<HeaderTable> {
  const names: fc.Arbitrary<{ name: string; rawName?: string }> = fc.oneof(
    texts.filter((name) => Buffer.byteLength(name) <= 255).map((name) => ({ name })),
    invalidUtf8.map((rawName) => ({ name: Buffer.from(rawName, 'base64').toString('utf8'), rawName })),
  );
  const { table } = fc.letrec<Tied>((tie) => {
    const value: fc.Arbitrary<TypedValue> = tie('value');
    const header = fc.tuple(names, value).map(([name, typed]): Header => ({ ...name, ...typed }));
    return { value: typedValues(tie, everyFloat), table: fc.array(header, { maxLength: 8 }) };
  });
  return table;
}

/** Every property, present or absent, with every kind of header. */
export function contentHeaders(options: TableOptions = {}): fc.Arbitrary<ContentHeader> {
  const short = texts.filter((text) => Buffer.byteLength(text) <= 255);
  const properties = fc.record(
    {
      contentType: short,
      contentEncoding: short,
      deliveryMode: fc.oneof(fc.constantFrom(1, 2), integers(0, 255)),
      priority: integers(0, 255),
      correlationId: short,
      replyTo: short,
      expiration: short,
      messageId: short,
      timestamp: bigs(0n, 2n ** 64n - 1n),
      type: short,
      userId: short,
      appId: short,
      clusterId: short,
    },
    { requiredKeys: [] },
  );
  return fc.record({ properties, headers: headerTables(options) }, { requiredKeys: ['properties'] });
}
