import { describe, expect, it } from 'vitest';

import { hexRows } from './hex-rows.ts';
import { fitsScreen, formatJson } from './json-text.ts';

const laidOut = (text: string) =>
  formatJson(text)
    ?.map((part) => part.text)
    .join('');

describe('A JSON body laid out', () => {
  it('keeps every number, escape and key exactly as it is written', () => {
    const body =
      '{"id":9007199254740993,"price":1.10,"big":1e400,"text":"\\u00e9 \\"q\\"","__proto__":{"a":1},"a":1,"a":2}';
    const shown = laidOut(body) ?? '';
    expect(shown.replace(/\s*\n\s*/g, '').replaceAll(': ', ':')).toBe(body);
    expect(shown).toContain('\n  "id": 9007199254740993,');
    expect(shown).toContain('"__proto__": {\n    "a": 1\n  }');
  });

  it('leaves marks inside strings alone', () => {
    expect(laidOut('{"a":"x, {y}: [z]"}')).toBe('{\n  "a": "x, {y}: [z]"\n}');
    expect(laidOut('[]')).toBe('[]');
    expect(laidOut(' {"a" : [ 1 , {} ] } ')).toBe('{\n  "a": [\n    1,\n    {}\n  ]\n}');
  });

  it('is not tried for what is not JSON', () => {
    for (const text of ['', '   ', '{"a":', 'plain', "{'a':1}", '{"a":01}'])
      expect(formatJson(text), text).toBeUndefined();
  });

  it('takes deep nesting and long strings without falling over', () => {
    const deep = `${'['.repeat(5000)}1${']'.repeat(5000)}`;
    expect(laidOut(deep)?.replace(/\s/g, '')).toBe(deep);
    const deeper = 100_000;
    expect(formatJson('['.repeat(deeper) + ']'.repeat(deeper))).toBeUndefined();
    expect(formatJson('{"a":'.repeat(deeper) + '1' + '}'.repeat(deeper))).toBeUndefined();
    expect(laidOut(`[${'9'.repeat(100_000)},-1e999999]`)).toContain('-1e999999');
    const long = JSON.stringify({ text: 'x\\"'.repeat(200_000) });
    expect(laidOut(long)).toContain('x');
  });
});

describe('A body of more lines than a browser lays out at once', () => {
  it('is not for the screen', () => {
    const list = (entries: number) => formatJson(JSON.stringify(Array.from({ length: entries }, () => 1))) ?? [];
    expect(fitsScreen(list(29_000))).toBe(true);
    expect(fitsScreen(list(31_000))).toBe(false);
  });
});

describe('A hex view', () => {
  it('shows the offset, sixteen bytes and their printable characters', () => {
    const [first, second] = hexRows(new TextEncoder().encode('{"orderId":"A"}\n한'));
    expect(first).toEqual({
      offset: '00000000',
      hex: '7b 22 6f 72 64 65 72 49  64 22 3a 22 41 22 7d 0a ',
      text: '{"orderId":"A"}·',
    });
    expect(second?.hex.trim()).toBe('ed 95 9c');
  });
});
