import { describe, expect, it } from 'vitest';

import { readTyped } from './typed-text.ts';

describe('A header value as text', () => {
  it('keeps all digits of 64-bit numbers', () => {
    expect(readTyped({ type: 'int64', value: '-9223372036854775808' })).toEqual({
      kind: 'text',
      text: '-9223372036854775808',
    });
  });

  it('says what a timestamp means beside its number', () => {
    expect(readTyped({ type: 'timestamp', value: '1795331880' })).toEqual({
      kind: 'text',
      text: '1795331880  (2026-11-22T07:18:00Z)',
    });
  });

  it('writes decimals with their places', () => {
    expect(readTyped({ type: 'decimal', value: { places: 2, digits: -5 } })).toEqual({ kind: 'text', text: '-0.05' });
  });

  it('lays out tables and arrays with the types of what is in them', () => {
    const reading = readTyped({
      type: 'table',
      value: [
        { name: 'count', type: 'int64', value: '3' },
        { name: 'queues', type: 'array', value: [{ type: 'string', value: 'orders.cancel' }] },
        { name: '__proto__', type: 'void', value: null },
      ],
    });
    expect(reading).toEqual({
      kind: 'text',
      text: '{\n  count (int64): 3\n  queues: [\n    orders.cancel\n  ]\n  __proto__ (void): null\n}',
    });
  });

  it('does not pretend that bytes are text', () => {
    expect(readTyped({ type: 'string', value: { base64: '/wA=' } })).toEqual({
      kind: 'bytes',
      base64: '/wA=',
      length: 2,
    });
  });
});
