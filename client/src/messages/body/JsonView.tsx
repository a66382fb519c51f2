import { Fragment, memo, useMemo, useState, type KeyboardEvent, type SyntheticEvent } from 'react';

import { useText } from '../../i18n/use-text.ts';
import type { Match } from './find-matches.ts';
import { keyOf, lineAt, shownLines, type JsonLine } from './json-lines.ts';
import type { JsonPart } from './json-text.ts';
import { Marked } from './Marked.tsx';
import type { Folds } from './use-folds.ts';

/** Lines that the browser lays out together; those out of sight wait until they come into it. */
const CHUNK = 100;
const NONE: readonly Match[] = [];

interface JsonViewProps {
  lines: readonly JsonLine[];
  folds: Folds;
  matches: readonly Match[];
  current: Match | undefined;
}

/**
 * JSON line by line, with parts that fold. Of the fold buttons one is in the tab order; the arrow keys go on from it:
 * up and down to the next one, left folds, right unfolds.
 */
export function JsonView({ lines, folds: { folded, toggle }, matches, current }: JsonViewProps) {
  const [reached, setReached] = useState(0);
  const byLine = useMemo(() => matchesByLine(lines, matches), [lines, matches]);
  const shown = useMemo(() => shownLines(lines, folded), [lines, folded]);
  const currentLine = current && lineAt(lines, current.start);
  const first = shown.find((index) => lines[index]?.closes !== undefined);
  const inTabOrder = shown.includes(reached) && lines[reached]?.closes !== undefined ? reached : first;
  const chunks = Array.from({ length: Math.ceil(shown.length / CHUNK) }, (_, chunk) =>
    shown.slice(chunk * CHUNK, (chunk + 1) * CHUNK),
  );
  return (
    <code
      onClick={(event) => {
        const line = foldLine(event);
        if (line === undefined) return;
        setReached(line);
        toggle(line, !folded.has(line));
      }}
      onFocus={(event) => {
        setReached(foldLine(event) ?? reached);
      }}
      onKeyDown={(event) => {
        const line = foldLine(event);
        if (line === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
        if (!moveOrFold(event, line, folded.has(line), toggle)) return;
        event.preventDefault();
      }}
    >
      {chunks.map((chunk) => (
        <span
          key={chunk[0]}
          className="chunk"
          style={
            chunks.length > 4
              ? { contentVisibility: 'auto', containIntrinsicSize: `auto ${chunk.length * 21}px` }
              : undefined
          }
        >
          {chunk.map((index) => {
            const line = lines[index];
            if (!line) return null;
            const closes = folded.has(index) ? line.closes : undefined;
            return (
              <Line
                key={index}
                line={line}
                index={index}
                closing={closes === undefined ? undefined : lines[closes]}
                inTabOrder={index === inTabOrder}
                matches={byLine.get(index) ?? NONE}
                current={index === currentLine ? current : undefined}
              />
            );
          })}
        </span>
      ))}
    </code>
  );
}

interface LineProps {
  line: JsonLine;
  index: number;
  /** The line that closes what this one opens, where that is folded. */
  closing: JsonLine | undefined;
  inTabOrder: boolean;
  matches: readonly Match[];
  current: Match | undefined;
}

const Line = memo(function Line({ line, index, closing, inTabOrder, matches, current }: LineProps) {
  const text = useText();
  const opens = line.closes !== undefined;
  return (
    <span className={opens ? 'line opens' : 'line'}>
      {opens && (
        <button
          type="button"
          data-fold={index}
          tabIndex={inTabOrder ? 0 : -1}
          aria-expanded={closing === undefined}
          aria-label={text('body.part', {
            name: keyOf(line) ?? text('body.line', { number: index + 1 }),
            count: line.entries,
          })}
        />
      )}
      <Parts line={line} matches={matches} current={current} />
      {closing && (
        <>
          <span className="folded"> … {text('body.entries', { count: line.entries })} </span>
          <Parts line={closing} matches={NONE} current={undefined} />
        </>
      )}
    </span>
  );
});

function Parts({ line, matches, current }: Pick<LineProps, 'line' | 'matches' | 'current'>) {
  const starts = useMemo(() => partStarts(line), [line]);
  return line.parts.map((part, index) => {
    const shown = <Marked text={part.text} start={starts[index] ?? 0} matches={matches} current={current} />;
    return part.kind === 'string' ? (
      <Fragment key={index}>{shown}</Fragment>
    ) : (
      <span key={index} className={part.kind}>
        {shown}
      </span>
    );
  });
}

function partStarts(line: JsonLine): number[] {
  let start = line.start;
  return line.parts.map((part: JsonPart) => {
    const own = start;
    start += part.text.length;
    return own;
  });
}

/** The number of the line whose fold button it was. */
function foldLine({ target }: SyntheticEvent): number | undefined {
  const line = target instanceof HTMLElement ? target.dataset['fold'] : undefined;
  return line === undefined ? undefined : Number(line);
}

/** What an arrow key does at a fold button; false where the key means nothing here. */
function moveOrFold(
  event: KeyboardEvent<HTMLElement>,
  line: number,
  isFolded: boolean,
  toggle: (line: number, fold: boolean) => void,
): boolean {
  const buttons = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-fold]')];
  const at = buttons.indexOf(event.target as HTMLElement);
  switch (event.key) {
    case 'ArrowDown':
      buttons[at + 1]?.focus();
      return true;
    case 'ArrowUp':
      buttons[at - 1]?.focus();
      return true;
    case 'Home':
      buttons[0]?.focus();
      return true;
    case 'End':
      buttons.at(-1)?.focus();
      return true;
    case 'ArrowLeft':
    case 'ArrowRight':
      if (isFolded !== (event.key === 'ArrowLeft')) toggle(line, !isFolded);
      return true;
    default:
      return false;
  }
}

function matchesByLine(lines: readonly JsonLine[], matches: readonly Match[]): Map<number, Match[]> {
  const found = new Map<number, Match[]>();
  for (const match of matches) {
    const line = lineAt(lines, match.start);
    const before = found.get(line);
    if (before) before.push(match);
    else found.set(line, [match]);
  }
  return found;
}
