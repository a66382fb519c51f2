import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeTable, encodedTableSize, encodeTable, MAX_DEPTH } from '../../../server/amqp/field-table.ts';
import type { HeaderTable, TypedValue } from '../../../server/amqp/message.ts';
import { headerTables } from '../../support/header-tables.ts';

/** A table on the wire from the hex of its entries. */
function wire(entries: string): Buffer {
  const bytes = Buffer.from(entries.replaceAll(' ', ''), 'hex');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');

/** name `k`, then tag and value: what stands on the wire, and what it means. One row for every type and edge. */
const ledger: [what: string, tag: string, bytes: string, value: TypedValue][] = [
  ['int8', 'b', '05', { type: 'int8', value: 5 }],
  ['int8, lowest', 'b', '80', { type: 'int8', value: -128 }],
  ['uint8, highest', 'B', 'ff', { type: 'uint8', value: 255 }],
  ['int16', 's', '012c', { type: 'int16', value: 300 }],
  ['int16, lowest', 's', '8000', { type: 'int16', value: -32768 }],
  ['uint16', 'u', 'ea60', { type: 'uint16', value: 60000 }],
  ['int32 that would fit a byte', 'I', '00000005', { type: 'int32', value: 5 }],
  ['int32, lowest', 'I', '80000000', { type: 'int32', value: -2147483648 }],
  ['uint32', 'i', 'ee6b2800', { type: 'uint32', value: 4000000000 }],
  ['int64 that would fit a byte', 'l', '0000000000000005', { type: 'int64', value: '5' }],
  ['int64 past 2^53', 'l', '0020000000000001', { type: 'int64', value: '9007199254740993' }],
  ['int64, highest', 'l', '7fffffffffffffff', { type: 'int64', value: '9223372036854775807' }],
  ['int64, lowest', 'l', '8000000000000000', { type: 'int64', value: '-9223372036854775808' }],
  ['float', 'f', '3dcccccd', { type: 'float', value: 0.10000000149011612 }],
  ['float, whole', 'f', '40000000', { type: 'float', value: 2 }],
  ['float, minus zero', 'f', '80000000', { type: 'float', value: '-0' }],
  ['double', 'd', '3fb999999999999a', { type: 'double', value: 0.1 }],
  ['double, whole', 'd', '4014000000000000', { type: 'double', value: 5 }],
  ['double, minus zero', 'd', '8000000000000000', { type: 'double', value: '-0' }],
  ['double, infinite', 'd', '7ff0000000000000', { type: 'double', value: 'Infinity' }],
  ['double, minus infinite', 'd', 'fff0000000000000', { type: 'double', value: '-Infinity' }],
  ['double, not a number', 'd', '7ff8000000000000', { type: 'double', value: 'NaN' }],
  ['double, negative and large', 'd', 'c415af1d78b58c40', { type: 'double', value: -1e20 }],
  ['decimal', 'D', '0200003039', { type: 'decimal', value: { places: 2, digits: 12345 } }],
  ['decimal, negative', 'D', 'ffffffffff', { type: 'decimal', value: { places: 255, digits: -1 } }],
  ['string', 'S', `00000003${hex('abc')}`, { type: 'string', value: 'abc' }],
  ['string, empty', 'S', '00000000', { type: 'string', value: '' }],
  ['string, Korean', 'S', '00000006eca3bcebacb8', { type: 'string', value: '주문' }],
  ['string with a byte order mark', 'S', '00000004efbbbf61', { type: 'string', value: '\ufeffa' }],
  ['string with NUL', 'S', '00000003610062', { type: 'string', value: 'a\0b' }],
  ['string that is not UTF-8', 'S', '00000003ff6180', { type: 'string', value: { base64: '/2GA' } }],
  ['bytes', 'x', '00000003ff0061', { type: 'bytes', value: '/wBh' }],
  ['boolean, true', 't', '01', { type: 'boolean', value: true }],
  ['boolean, false', 't', '00', { type: 'boolean', value: false }],
  ['boolean, true in its own way', 't', '02', { type: 'boolean', value: true, byte: 2 }],
  ['int64 that was written as L', 'L', '8000000000000000', { type: 'int64', value: '-9223372036854775808', tag: 'L' }],
  ['timestamp', 'T', '000000006b49d200', { type: 'timestamp', value: '1800000000' }],
  ['timestamp, highest', 'T', 'ffffffffffffffff', { type: 'timestamp', value: '18446744073709551615' }],
  ['void', 'V', '', { type: 'void', value: null }],
  [
    'table with names that JavaScript treats specially',
    'F',
    `00000012 01${hex('!')} ${hex('b')}01 09${hex('__proto__')} ${hex('t')}01 00${hex('V')}`,
    {
      type: 'table',
      value: [
        { name: '!', type: 'int8', value: 1 },
        { name: '__proto__', type: 'boolean', value: true },
        { name: '', type: 'void', value: null },
      ],
    },
  ],
  [
    'array of mixed types',
    'A',
    `0000000a ${hex('V')} ${hex('b')}05 ${hex('A')}00000000 ${hex('t')}01`,
    {
      type: 'array',
      value: [
        { type: 'void', value: null },
        { type: 'int8', value: 5 },
        { type: 'array', value: [] },
        { type: 'boolean', value: true },
      ],
    },
  ],
];

describe('The ledger of header types', () => {
  it.each(ledger)('%s reads from its bytes and writes the same bytes', (_what, tag, bytes, value) => {
    const onTheWire = wire(`01${hex('k')}${hex(tag)}${bytes}`);
    const table: HeaderTable = [{ name: 'k', ...value }];

    expect(decodeTable(onTheWire)).toEqual(table);
    expect(encodeTable(table)).toEqual(onTheWire);
    expect(encodedTableSize(table)).toBe(onTheWire.length);
  });

  it('has a row for every type', () => {
    const types = new Set(ledger.map(([, , , value]) => value.type));
    expect(types.size).toBe(17);
  });

  it('keeps order and duplicates', () => {
    const table: HeaderTable = [
      { name: 'b', type: 'int8', value: 1 },
      { name: 'a', type: 'int8', value: 2 },
      { name: 'b', type: 'string', value: 'again' },
    ];
    expect(decodeTable(encodeTable(table))).toEqual(table);
  });

  it('keeps a name of 255 bytes, and one that is not UTF-8', () => {
    const table: HeaderTable = [
      { name: 'n'.repeat(255), type: 'void', value: null },
      { name: '\ufffd', rawName: Buffer.from([0xff]).toString('base64'), type: 'void', value: null },
    ];
    expect(decodeTable(encodeTable(table))).toEqual(table);
  });
});

describe('What cannot be read', () => {
  const unreadable: [what: string, entries: string][] = [
    ['an unknown tag', `01${hex('k')}${hex('U')}0005 01${hex('m')}${hex('V')}`],
    ['an unknown tag in an array', `01${hex('k')}${hex('A')}00000004${hex('V')}${hex('U')}0005`],
    ['a number cut short', `01${hex('k')}${hex('l')}0000`],
    ['a string longer than its table', `01${hex('k')}${hex('S')}7fffffff61`],
    ['a nested table longer than its parent', `01${hex('k')}${hex('F')}7fffffff`],
    ['a name without a value', `01${hex('k')}`],
    ['a name cut short', `09${hex('k')}`],
  ];

  it.each(unreadable)('is kept as bytes, after what could be read: %s', (_what, entries) => {
    const onTheWire = wire(`01${hex('a')}${hex('b')}07${entries}`);
    const table = decodeTable(onTheWire);

    expect(table[0]).toEqual({ name: 'a', type: 'int8', value: 7 });
    expect(JSON.stringify(table)).toContain('unparsed');
    expect(encodeTable(table)).toEqual(onTheWire);
  });

  it('does not stop what follows a value that is only nested too deep', () => {
    let deep: TypedValue = { type: 'void', value: null };
    for (let level = 0; level < MAX_DEPTH; level++) deep = { type: 'array', value: [deep] };
    const inside = encodeTable([
      { name: 'deep', ...deep },
      { name: 'after', type: 'int8', value: 1 },
    ]);
    expect(decodeTable(inside).map(({ type }) => type)).toEqual(['array', 'int8']);

    // One level more, by hand: the outermost array is wrapped in another.
    const value = inside.subarray(4 + 5, inside.length - 8);
    const wrapped = `04${hex('deep')}${hex('A')}${value.length.toString(16).padStart(8, '0')}${value.toString('hex')}`;
    const tooDeep = wire(`${wrapped}05${hex('after')}${hex('b')}01`);
    const table = decodeTable(tooDeep);
    expect(JSON.stringify(table[0])).toContain('unparsed');
    expect(table[1]).toEqual({ name: 'after', type: 'int8', value: 1 });
    expect(encodeTable(table)).toEqual(tooDeep);
  });

  it('never throws, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const table = decodeTable(wire(Buffer.from(bytes).toString('hex')));
        expect(decodeTable(encodeTable(table))).toEqual(table);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('What cannot be written', () => {
  const impossible: [what: string, value: TypedValue][] = [
    ['an int8 of 128', { type: 'int8', value: 128 }],
    ['an int32 with a fraction', { type: 'int32', value: 1.5 }],
    ['an int64 of 2^63', { type: 'int64', value: '9223372036854775808' }],
    ['an int64 that is not digits', { type: 'int64', value: '' }],
    ['a negative timestamp', { type: 'timestamp', value: '-1' }],
    ['a float that only fits a double', { type: 'float', value: 0.1 }],
    ['text with half a character', { type: 'string', value: '\ud800' }],
    ['base64 that is none', { type: 'bytes', value: '*?*?' }],
  ];

  it.each(impossible)('is refused rather than changed: %s', (_what, value) => {
    expect(() => encodeTable([{ name: 'k', ...value }])).toThrow(RangeError);
  });

  it('is refused when a name is too long', () => {
    expect(() => encodeTable([{ name: '가'.repeat(86), type: 'void', value: null }])).toThrow(/255/);
  });
});

describe('Every table', () => {
  it('survives writing and reading, and JSON in between', () => {
    fc.assert(
      fc.property(headerTables(), (table) => {
        const onTheWire = encodeTable(table);
        expect(onTheWire.length).toBe(encodedTableSize(table));
        const stored: HeaderTable = decodeTable(onTheWire);
        expect(stored).toEqual(table);
        expect(encodeTable(JSON.parse(JSON.stringify(stored)) as HeaderTable)).toEqual(onTheWire);
      }),
      { numRuns: 1000 },
    );
  });
});
