import { describe, expect, it } from 'vitest';

import { jsonLines, keyOf, lineAt, revealed, shownLines } from './json-lines.ts';
import { formatJson } from './json-text.ts';

const linesOf = (text: string) => jsonLines(formatJson(text) ?? []);
const BODY = '{"a":[1,{"b":9007199254740993}],"e":{},"c":{"d":"x"}}';

describe('A JSON body line by line', () => {
  it('is exactly the laid out text', () => {
    const lines = linesOf(BODY);
    const text = formatJson(BODY)
      ?.map((part) => part.text)
      .join('');
    expect(lines.map((line) => line.text).join('\n')).toBe(text);
    for (const line of lines) expect(text?.slice(line.start, line.start + line.text.length)).toBe(line.text);
  });

  it('knows of each opening line where its part ends and how many entries it has', () => {
    const opening = linesOf(BODY).flatMap((line, index) =>
      line.closes === undefined ? [] : [[index, keyOf(line), line.closes, line.entries]],
    );
    expect(opening).toEqual([
      [0, undefined, 11, 3],
      [1, '"a"', 6, 2],
      [3, undefined, 5, 1],
      [8, '"c"', 10, 1],
    ]);
  });

  it('leaves out what is folded, and only that', () => {
    const lines = linesOf(BODY);
    expect(shownLines(lines, new Set())).toEqual(lines.map((_line, index) => index));
    expect(shownLines(lines, new Set([1, 3]))).toEqual([0, 1, 7, 8, 9, 10, 11]);
    expect(shownLines(lines, new Set([0]))).toEqual([0]);
  });

  it('unfolds what hides a line, and nothing else', () => {
    const lines = linesOf(BODY);
    expect([...revealed(lines, new Set([1, 3, 8]), 4)]).toEqual([8]);
    const folded = new Set([1]);
    expect(revealed(lines, folded, 1)).toBe(folded);
  });

  it('finds the line of a place', () => {
    const lines = linesOf(BODY);
    for (const [index, line] of lines.entries()) {
      expect(lineAt(lines, line.start)).toBe(index);
      expect(lineAt(lines, line.start + line.text.length)).toBe(index);
    }
  });

  it('takes deep nesting and a bare value', () => {
    expect(linesOf(`${'['.repeat(3000)}1${']'.repeat(3000)}`)[0]?.closes).toBe(6000);
    expect(linesOf('"x"')).toMatchObject([{ text: '"x"', entries: 0 }]);
  });
});
