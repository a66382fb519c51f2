import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Editing, EditableContents } from '../../../../server/contract/schemas/drafts.ts';
import type { TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { readBody } from './body-text.ts';
import { headerChanges, isReordered, propertyChanges } from './changes.ts';
import { changeForm, contentsOf, faultCount, formOf, isTouched, newDraftOf, type FormAct } from './draft-form.ts';
import { isFault, readValueText, roundedTo, valueText, type EditableType } from './value-text.ts';

const headers: TypedHeader[] = [
  { name: 'big', type: 'int64', value: '9007199254740993', tag: 'L' },
  { name: 'odd', type: 'boolean', value: true, byte: 7 },
  { name: 'price', type: 'decimal', value: { places: 2, digits: 110 } },
  { name: 'zero', type: 'double', value: '-0' },
  { name: 'raw', type: 'string', value: { base64: '/w==' } },
  { name: '\ufffd', rawName: '/w==', type: 'int8', value: 1 },
  { name: 'crlf', type: 'string', value: 'a\r\nb\u0000' },
  { name: 'twice', type: 'string', value: 'one' },
  { name: 'twice', type: 'int32', value: 2 },
  {
    name: 'nested',
    type: 'table',
    value: [
      { name: '__proto__', type: 'timestamp', value: '18446744073709551615' },
      {
        name: 'list',
        type: 'array',
        value: [
          { type: 'float', value: 0.5 },
          { type: 'void', value: null },
        ],
      },
    ],
  },
  { name: '', type: 'void', value: null },
];
const original: EditableContents = {
  body: { encoding: 'utf8', text: '{"amount":9007199254740993}\r\n' },
  headersTyped: headers,
  properties: {
    contentType: 'application/json',
    messageId: '\ufffd',
    timestamp: '18446744073709551615',
    userId: 'app',
    raw: { messageId: '/w==' },
  },
};
const editing: Editing = {
  deathId: '11',
  original,
  locked: {
    headers: [{ header: { name: 'x-death', type: 'array', value: [] }, because: 'broker' }],
    properties: ['userId'],
  },
  sensitive: { headers: [], properties: [] },
  draft: null,
  mostBodyBytes: 1000,
};
const after = (...acts: FormAct[]) => acts.reduce(changeForm, formOf(original, editing));
const draftAfter = (...acts: FormAct[]) => {
  const contents = contentsOf(after(...acts), editing);
  return contents && newDraftOf(contents, editing);
};
const keyOf = (name: string) => formOf(original, editing).headers.find((row) => row.name === name)?.key ?? '';

describe('An edit that changes nothing', () => {
  it('hands every part over as it came, with its type, its tags and its bytes', () => {
    expect(contentsOf(after(), editing)).toEqual(original);
    expect(draftAfter()).toBeUndefined();
    expect(isTouched(after(), formOf(original, editing))).toBe(false);
  });

  it('is what is left when everything is put back', () => {
    const key = keyOf('big');
    expect(draftAfter({ do: 'removeHeader', key }, { do: 'putBackHeader', key })).toBeUndefined();
    expect(
      draftAfter(
        { do: 'header', key, change: { text: '1' } },
        { do: 'header', key, change: { text: '9007199254740993' } },
        { do: 'addHeader' },
        { do: 'removeHeader', key: 'new0' },
        { do: 'removeProperty', name: 'messageId' },
        { do: 'putBackProperty', name: 'messageId' },
      ),
    ).toBeUndefined();
  });
});

describe('An edit', () => {
  it('says only the parts that are changed, with the death and the version that were shown', () => {
    expect(draftAfter({ do: 'body', text: '{}' })).toEqual({
      body: { encoding: 'utf8', text: '{}' },
      deathId: '11',
      version: 0,
    });
    expect(draftAfter({ do: 'property', name: 'contentType', text: 'text/plain' })).toEqual({
      properties: { ...original.properties, contentType: 'text/plain' },
      ...{ deathId: '11', version: 0 },
    });
  });

  it('changes the one header, keeps its wire type and how it was written, and leaves the others', () => {
    const draft = draftAfter({ do: 'header', key: keyOf('big'), change: { text: '9223372036854775807' } });
    expect(draft?.headersTyped).toEqual([
      { name: 'big', type: 'int64', value: '9223372036854775807', tag: 'L' },
      ...headers.slice(1),
    ]);
  });

  it('takes a removed property away with its bytes, and keeps the ones that are locked', () => {
    const draft = draftAfter({ do: 'removeProperty', name: 'messageId' });
    expect(draft?.properties).toEqual({
      ...{ contentType: 'application/json', timestamp: '18446744073709551615', userId: 'app' },
    });
  });

  it('is not handed over as long as a part is wrong, and the part says why', () => {
    const locked = new Set(['x-death']);
    for (const change of [
      { name: 'x-death' },
      { text: '1.5' },
      { text: '9223372036854775808' },
      { name: '' },
      { name: 'é'.repeat(128) },
    ]) {
      const form = after({ do: 'header', key: keyOf('big'), change });
      expect(faultCount(form, locked), JSON.stringify(change)).toBe(1);
      expect(contentsOf(form, editing)).toBeUndefined();
    }
    expect(faultCount(after({ do: 'addHeader' }), locked)).toBe(1);
    expect(faultCount(after({ do: 'addProperty', name: 'expiration' }), locked)).toBe(1);
    expect(
      faultCount(
        after({ do: 'addProperty', name: 'priority' }, { do: 'property', name: 'priority', text: '256' }),
        locked,
      ),
    ).toBe(1);
  });

  it('keeps what RabbitMQ would not take until it is taken out, and lets nobody write it', () => {
    const bad: Editing = {
      ...editing,
      original: {
        ...original,
        headersTyped: [
          { name: 'nan', type: 'double', value: 'NaN' },
          { name: 'x', type: 'unparsed', value: 'AA==' },
        ],
      },
    };
    const form = formOf(bad.original, bad);
    expect(contentsOf(form, bad)).toEqual(bad.original);
    expect(faultCount(changeForm(form, { do: 'header', key: 'h0', change: { text: 'Infinity' } }), new Set())).toBe(1);
    const mended = form.headers.reduce((now, { key }) => changeForm(now, { do: 'removeHeader', key }), form);
    expect(contentsOf(mended, bad)?.headersTyped).toEqual([]);
  });

  it('shows a draft beside the original: what it changed, added, and took out, where it was', () => {
    const draft: EditableContents = {
      ...original,
      headersTyped: [
        { name: 'new', type: 'void', value: null },
        ...headers.slice(1, 8),
        { name: 'twice', type: 'int32', value: 3 },
        ...headers.slice(9),
      ],
    };
    const form = formOf(draft, editing);
    expect(contentsOf(form, editing)).toEqual(draft);
    expect(form.headers.map(({ name, isRemoved }) => (isRemoved ? `-${name}` : name)).slice(0, 3)).toEqual([
      '-big',
      'new',
      'odd',
    ]);
    const putBack = changeForm(changeForm(form, { do: 'putBackHeader', key: 'g0' }), { do: 'removeHeader', key: 'h0' });
    expect(contentsOf(putBack, editing)?.headersTyped.at(0)).toEqual(headers[0]);
  });
});

describe('A value as text', () => {
  it('is read back as exactly what it was, whatever it is', () => {
    const int = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map(String);
    const value = fc.oneof(
      fc.record({ type: fc.constant('int64' as const), value: int(-(2n ** 63n), 2n ** 63n - 1n) }),
      fc.record({ type: fc.constant('timestamp' as const), value: int(0n, 2n ** 64n - 1n) }),
      fc.record({ type: fc.constant('int32' as const), value: fc.integer() }),
      fc
        .double({ noNaN: true, noDefaultInfinity: true })
        .map((number) => ({ type: 'double' as const, value: Object.is(number, -0) ? ('-0' as const) : number })),
      fc
        .float({ noNaN: true, noDefaultInfinity: true })
        .map((number) => ({ type: 'float' as const, value: Object.is(number, -0) ? ('-0' as const) : number })),
      fc
        .record({ places: fc.integer({ min: 0, max: 255 }), digits: fc.integer() })
        .map((decimal) => ({ type: 'decimal' as const, value: decimal })),
      fc
        .string({ unit: 'binary' })
        .filter((text) => !/\p{Surrogate}/u.test(text))
        .map((text) => ({ type: 'string' as const, value: text })),
      fc.uint8Array().map((bytes) => ({ type: 'bytes' as const, value: btoa(String.fromCharCode(...bytes)) })),
      fc.boolean().map((bool) => ({ type: 'boolean' as const, value: bool })),
    );
    const nested = fc.oneof(
      value,
      fc.array(value, { maxLength: 3 }).map((values) => ({ type: 'array' as const, value: values })),
      fc
        .array(value, { maxLength: 3 })
        .map((values) => ({ type: 'table' as const, value: values.map((one, at) => ({ name: `n${at}`, ...one })) })),
    );
    fc.assert(
      fc.property(nested, (one) => {
        const text = valueText(one);
        expect(text && readValueText(one.type, text)).toEqual(one);
      }),
      { numRuns: 500 },
    );
  });

  it('is wrong where it does not fit its type', () => {
    const wrong: [EditableType, string][] = [
      ['int8', '128'],
      ['uint32', '-1'],
      ['int32', '1e3'],
      ['int64', ' '],
      ['timestamp', '18446744073709551616'],
      ['double', 'NaN'],
      ['double', '1e999'],
      ['float', '1e39'],
      ['double', '0x10'],
      ['decimal', '1.'],
      ['decimal', '99999999999'],
      ['bytes', 'abc'],
      ['boolean', 'yes'],
      ['table', '[{"type":"int8","value":1}]'],
      ['table', '{"a":1}'],
      ['array', '[{"name":"a","type":"int8","value":1}]'],
      ['array', '[{"type":"int64","value":1}]'],
      ['array', '[1'],
      ['array', '[{"type":"unparsed","value":"AA=="}]'],
      ['array', '[{"type":"double","value":"NaN"}]'],
    ];
    for (const [type, text] of wrong) {
      expect(isFault(readValueText(type, { text, isQuoted: false })), `${type} ${text}`).toBe(true);
    }
  });

  it('says what a number is rounded to, and only where it is', () => {
    expect(roundedTo('double', '0.12345678901234567890')).toBe('0.12345678901234568');
    expect(roundedTo('double', '9007199254740993')).toBe('9007199254740992');
    for (const same of ['1.10', '0.1', '1e3', '-0', '0.0', '100', '1.7976931348623157e308'])
      expect(roundedTo('double', same), same).toBeUndefined();
    expect(roundedTo('float', '0.1')).toBeDefined();
    expect(roundedTo('int64', '9007199254740993')).toBeUndefined();
  });
});

describe('What became of headers and properties', () => {
  it('pairs those of one name, the equal ones first', () => {
    const one: TypedHeader = { name: 'a', type: 'int32', value: 1 };
    const two: TypedHeader = { name: 'a', type: 'int32', value: 2 };
    const three: TypedHeader = { name: 'a', type: 'string', value: '3' };
    expect(headerChanges([one, two], [three, one])).toEqual([{ name: 'a', before: two, after: three }]);
    expect(headerChanges([one], [])).toEqual([{ name: 'a', before: one }]);
    expect(headerChanges([], [one])).toEqual([{ name: 'a', after: one }]);
    expect(isReordered([one, two], [two, one])).toBe(true);
    expect(isReordered([one, two], [one, two])).toBe(false);
  });

  it('tells an empty property from none, and bytes from the text beside them', () => {
    expect(propertyChanges({ replyTo: '' }, {})).toEqual([{ name: 'replyTo', before: { value: '' } }]);
    expect(propertyChanges({ messageId: '\ufffd', raw: { messageId: '/w==' } }, { messageId: '\ufffd' })).toHaveLength(
      1,
    );
  });
});

describe('A body as text', () => {
  it('has the line endings that it has', () => {
    const read = (text: string) => readBody({ encoding: 'utf8', text });
    expect(read('a\r\nb\r\n')).toMatchObject({ lineSeparator: '\r\n', isMixed: false });
    expect(read('a\nb')).toMatchObject({ lineSeparator: '\n', isMixed: false });
    for (const mixed of ['a\r\nb\n', 'a\rb', '\n\r\n', 'a\r\r\n']) {
      expect(read(mixed), JSON.stringify(mixed)).toMatchObject({ lineSeparator: '\n', isMixed: true });
    }
    expect(read('\ufeff{}')).toMatchObject({ hasMark: true, text: '\ufeff{}' });
    expect(readBody({ encoding: 'base64', text: 'AA==' })).toBe('binary');
    expect(readBody(null)).toBe('tooLarge');
  });
});
