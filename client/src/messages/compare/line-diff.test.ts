import { describe, expect, it } from 'vitest';

import { besideEachOther, diffLines, onlyDifferences } from './line-diff.ts';

const rows = (left: string[], right: string[]) =>
  diffLines(left, right)?.map((row) => `${row.left?.text ?? ''}|${row.difference}|${row.right?.text ?? ''}`);

describe('Two texts line by line', () => {
  it('stand beside each other where they are equal, with their own numbers', () => {
    expect(rows(['a', 'b', 'c'], ['a', 'x', 'c'])).toEqual(['a|same|a', 'b|changed|x', 'c|same|c']);
    expect(rows(['a', 'c'], ['a', 'b', 'c'])).toEqual(['a|same|a', '|onlyRight|b', 'c|same|c']);
    expect(diffLines(['a', 'b', 'c'], ['b', 'c'])?.[1]).toEqual({
      difference: 'same',
      left: { number: 2, text: 'b' },
      right: { number: 1, text: 'b' },
    });
    expect(rows([], [])).toEqual([]);
  });

  it('pair what was replaced line with line; what is over stands alone', () => {
    expect(rows(['a', 'b', 'z'], ['x', 'z'])).toEqual(['a|changed|x', 'b|onlyLeft|', 'z|same|z']);
  });

  it('are given up where nobody would wait, and then stand by their numbers', () => {
    const many = (letter: string) => Array.from({ length: 6000 }, (_, line) => `${letter}${line}`);
    expect(diffLines(many('a'), many('b'))).toBeUndefined();
    expect(besideEachOther(['a', 'b'], ['a', 'x', 'y']).map(({ difference }) => difference)).toEqual([
      'same',
      'changed',
      'onlyRight',
    ]);
  });

  it('show only the differences with two equal lines around, and how many are left out', () => {
    const left = Array.from({ length: 20 }, (_, line) => `line ${line}`);
    const right = left.with(10, 'other');
    const shown = onlyDifferences(diffLines(left, right) ?? []);
    expect(shown.map((row) => ('skipped' in row ? row.skipped : row.left?.text))).toEqual([
      8,
      'line 8',
      'line 9',
      'line 10',
      'line 11',
      'line 12',
      7,
    ]);
    expect(onlyDifferences(diffLines(left, left) ?? [])).toEqual([]);
  });
});
