import type { JsonPart } from './json-text.ts';

/** One line of a JSON body that is laid out. */
export interface JsonLine {
  parts: readonly JsonPart[];
  /** The whole line, indentation included. */
  text: string;
  /** Where the line begins in the whole text. */
  start: number;
  /** Where what it opens is closed again; undefined where it opens nothing. */
  closes?: number;
  /** How many entries what it opens has. */
  entries: number;
}

/** A laid out body (`formatJson`) line by line, each opening line with where its part ends. Nothing is changed in it. */
export function jsonLines(parts: readonly JsonPart[]): JsonLine[] {
  const lines = splitLines(parts);
  const open: JsonLine[] = [];
  lines.forEach((line, index) => {
    const marks = line.parts.filter(({ kind }) => kind !== 'space');
    if (isMark(marks[0], '}', ']')) {
      const opening = open.pop();
      if (opening) opening.closes = index;
    } else {
      const around = open.at(-1);
      if (around) around.entries += 1;
    }
    if (isMark(marks.at(-1), '{', '[')) open.push(line);
  });
  return lines;
}

function splitLines(parts: readonly JsonPart[]): JsonLine[] {
  const lines: JsonLine[] = [];
  let current: JsonPart[] = [];
  let start = 0;
  const end = () => {
    const text = current.map((part) => part.text).join('');
    lines.push({ parts: current, text, start, entries: 0 });
    start += text.length + 1;
  };
  for (const part of parts) {
    if (part.kind === 'space' && part.text.startsWith('\n')) {
      end();
      current = part.text.length > 1 ? [{ kind: 'space', text: part.text.slice(1) }] : [];
    } else current.push(part);
  }
  end();
  return lines;
}

function isMark(part: JsonPart | undefined, ...marks: string[]): boolean {
  return part?.kind === 'mark' && marks.includes(part.text);
}

/** The key of what a line opens, as it is written; undefined for an entry of an array and for the whole. */
export function keyOf(line: JsonLine): string | undefined {
  return line.parts.find(({ kind }) => kind === 'key')?.text;
}

/** Which lines are shown when those parts are folded: each by its number, oldest first. */
export function shownLines(lines: readonly JsonLine[], folded: ReadonlySet<number>): number[] {
  const shown: number[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    shown.push(index);
    if (folded.has(index)) index = lines[index]?.closes ?? index;
  }
  return shown;
}

/** The folded parts without those that hide a line. */
export function revealed(lines: readonly JsonLine[], folded: ReadonlySet<number>, line: number): ReadonlySet<number> {
  const kept = [...folded].filter((index) => !(index < line && line <= (lines[index]?.closes ?? index)));
  return kept.length === folded.size ? folded : new Set(kept);
}

/** The line that a place of the whole text is on. */
export function lineAt(lines: readonly JsonLine[], at: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle]?.start ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}
