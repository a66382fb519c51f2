import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { headerTable, messageProperties } from '../../../server/amqp/wire-schema.ts';
import { headerTables } from '../../support/header-tables.ts';

describe('typed headers that were written down', () => {
  it('come back exactly, whatever they hold', () => {
    fc.assert(
      fc.property(headerTables(), (table) => {
        expect(headerTable.parse(JSON.parse(JSON.stringify(table)))).toEqual(table);
      }),
    );
  });

  it.each([
    ['a type that AMQP does not have', [{ name: 'a', type: 'int128', value: '1' }]],
    ['a value that its type cannot hold', [{ name: 'a', type: 'uint8', value: 256 }]],
    ['a number where a long is text', [{ name: 'a', type: 'int64', value: 5 }]],
    ['a long that is too long', [{ name: 'a', type: 'int64', value: '9223372036854775808' }]],
    ['a minus zero among whole numbers', [{ name: 'a', type: 'int64', value: '-0' }]],
    ['a fraction', [{ name: 'a', type: 'int32', value: 1.5 }]],
    ['bytes that are not base64', [{ name: 'a', type: 'bytes', value: '%%%' }]],
    ['a field that nobody knows', [{ name: 'a', type: 'int8', value: 1, more: true }]],
    ['a table in which something is wrong', [{ name: 'a', type: 'table', value: [{ type: 'int8', value: 1 }] }]],
    ['a list of something else', ['text']],
    ['no list', { name: 'a' }],
  ])('%s is an error', (_what, given) => {
    expect(headerTable.safeParse(given).success).toBe(false);
  });

  it('nested deeper than any that was read are an error, and no fault', () => {
    let value: unknown = { type: 'void', value: null };
    for (let depth = 0; depth < 50_000; depth += 1) value = { type: 'array', value: [value] };
    expect(headerTable.safeParse([{ name: 'deep', ...(value as object) }]).success).toBe(false);
  });
});

describe('properties that were written down', () => {
  it('keep to their names and types', () => {
    const properties = { messageId: '주문', deliveryMode: 2, timestamp: '18446744073709551615', raw: { type: '/w==' } };
    expect(messageProperties.parse(properties)).toEqual(properties);
    expect(messageProperties.safeParse({ message_id: 'a' }).success).toBe(false);
    expect(messageProperties.safeParse({ priority: 256 }).success).toBe(false);
    expect(messageProperties.safeParse({ timestamp: 5 }).success).toBe(false);
  });
});
