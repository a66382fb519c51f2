import { z } from 'zod';

import { MAX_DEPTH } from './field-table.ts';
import type { Header, HeaderTable, MessageProperties, TypedValue } from './message.ts';

/**
 * Typed headers and properties as they are written down outside the database: read back strictly. What does not fit its
 * type is an error, never bent until it fits: it would be sent as something else than what failed.
 */

const whole = (min: number, max: number) => z.number().int().min(min).max(max);
/** Bytes of a short string. */
const shortString = z.string().refine((text) => Buffer.byteLength(text) <= 255 * 4);
const base64 = z.base64();
const rawText = z.strictObject({ base64 });

function bigWhole(min: bigint, max: bigint) {
  return z
    .string()
    .regex(/^(?:0|-?[1-9]\d{0,19})$/)
    .refine((text) => BigInt(text) >= min && BigInt(text) <= max);
}
const int64 = bigWhole(-(2n ** 63n), 2n ** 63n - 1n);
const uint64 = bigWhole(0n, 2n ** 64n - 1n);

const real = z.union([z.number(), z.enum(['NaN', 'Infinity', '-Infinity', '-0'])]);

/** Every type of value, with what a header has beside it. */
function valueWith<Extra extends z.core.$ZodLooseShape>(extra: Extra) {
  return z.discriminatedUnion('type', [
    z.strictObject({ ...extra, type: z.literal('int8'), value: whole(-128, 127) }),
    z.strictObject({ ...extra, type: z.literal('uint8'), value: whole(0, 255) }),
    z.strictObject({ ...extra, type: z.literal('int16'), value: whole(-32_768, 32_767) }),
    z.strictObject({ ...extra, type: z.literal('uint16'), value: whole(0, 65_535) }),
    z.strictObject({ ...extra, type: z.literal('int32'), value: whole(-2_147_483_648, 2_147_483_647) }),
    z.strictObject({ ...extra, type: z.literal('uint32'), value: whole(0, 4_294_967_295) }),
    z.strictObject({ ...extra, type: z.literal('int64'), value: int64, tag: z.literal('L').exactOptional() }),
    z.strictObject({ ...extra, type: z.literal('timestamp'), value: uint64 }),
    z.strictObject({ ...extra, type: z.enum(['float', 'double']), value: real }),
    z.strictObject({
      ...extra,
      type: z.literal('decimal'),
      value: z.strictObject({ places: whole(0, 255), digits: whole(-2_147_483_648, 2_147_483_647) }),
    }),
    z.strictObject({ ...extra, type: z.literal('string'), value: z.union([z.string(), rawText]) }),
    z.strictObject({ ...extra, type: z.literal('bytes'), value: base64 }),
    z.strictObject({ ...extra, type: z.literal('boolean'), value: z.boolean(), byte: whole(2, 255).exactOptional() }),
    z.strictObject({ ...extra, type: z.literal('table'), value: z.lazy(() => table) }),
    z.strictObject({ ...extra, type: z.literal('array'), value: z.lazy(() => z.array(typedValue)) }),
    z.strictObject({ ...extra, type: z.literal('void'), value: z.null() }),
    z.strictObject({ ...extra, type: z.literal('unparsed'), value: base64 }),
  ]);
}

const typedValue: z.ZodType<TypedValue> = valueWith({});
const header: z.ZodType<Header> = valueWith({ name: shortString, rawName: base64.exactOptional() });
const table: z.ZodType<HeaderTable> = z.array(header);

/** A header table, no deeper than the wire's own reading goes. */
export const headerTable: z.ZodType<HeaderTable> = z
  .unknown()
  .refine((given) => isNestedAtMost(given, 2 * MAX_DEPTH + 2), 'nested too deep')
  .pipe(table);

const text = shortString.exactOptional();

/** The basic properties; a name that AMQP does not have is an error. */
export const messageProperties: z.ZodType<MessageProperties> = z.strictObject({
  contentType: text,
  contentEncoding: text,
  deliveryMode: whole(0, 255).exactOptional(),
  priority: whole(0, 255).exactOptional(),
  correlationId: text,
  replyTo: text,
  expiration: text,
  messageId: text,
  timestamp: uint64.exactOptional(),
  type: text,
  userId: text,
  appId: text,
  clusterId: text,
  raw: z
    .strictObject({
      contentType: base64.exactOptional(),
      contentEncoding: base64.exactOptional(),
      correlationId: base64.exactOptional(),
      replyTo: base64.exactOptional(),
      expiration: base64.exactOptional(),
      messageId: base64.exactOptional(),
      type: base64.exactOptional(),
      userId: base64.exactOptional(),
      appId: base64.exactOptional(),
      clusterId: base64.exactOptional(),
    })
    .exactOptional(),
});

/** Without recursion: it has to hold for whatever JSON can hold. */
function isNestedAtMost(given: unknown, most: number): boolean {
  let level: unknown[] = [given];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return false;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return true;
}
