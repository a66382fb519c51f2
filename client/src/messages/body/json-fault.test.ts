import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { jsonFault, placeOf } from './json-fault.ts';

const parses = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

describe('Where a text stops being JSON', () => {
  it('is nowhere for what is JSON, whatever its numbers and names are', () => {
    for (const text of [
      '{"id":9007199254740993,"price":1.10,"big":1e400}',
      ' [ ] ',
      '-0.0e-7',
      '"a\\u00e9\\"b"',
      '{"__proto__":{},"a":1,"a":2}',
      `${'['.repeat(200_000)}${']'.repeat(200_000)}`,
    ])
      expect(jsonFault(text), text.slice(0, 40)).toBeUndefined();
  });

  it('is the place of what does not belong there, or the end where something is missing', () => {
    const cases: [text: string, offset: number][] = [
      ['', 0],
      ['  ', 2],
      ['{"a":1,}', 7],
      ['[1 2]', 3],
      ['{"a" 1}', 5],
      ['{"a":01}', 6],
      ["{'a':1}", 1],
      ['[1', 2],
      ['{} x', 3],
      ['"line\nbreak"', 0],
      ['\ufeff{}', 0],
    ];
    for (const [text, offset] of cases) expect([text, jsonFault(text)]).toEqual([text, offset]);
  });

  it('is found exactly where JSON.parse finds one', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '1',
      '-',
      '.5',
      'e1',
      'true',
      'nul',
      ' ',
      '\n',
      '\\',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
        (text) => {
          expect(jsonFault(text) === undefined, text).toBe(parses(text));
        },
      ),
      { numRuns: 3000 },
    );
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(jsonFault(text)).toBeUndefined();
      }),
    );
  });

  it('is told as line and column', () => {
    expect(placeOf('{\r\n  "a": 1,\r\n}', 14)).toEqual({ line: 3, column: 1 });
    expect(placeOf('abc', 2)).toEqual({ line: 1, column: 3 });
  });
});
