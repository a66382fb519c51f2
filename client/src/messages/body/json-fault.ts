const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
// eslint-disable-next-line no-control-regex -- JSON has them in no string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"/y;
const WORD = /true|false|null/y;
const SPACE = /[ \t\n\r]*/y;

/**
 * Where a text stops being JSON (RFC 8259): the offset of what does not belong there, the end of the text where
 * something is missing; undefined where it is JSON. `JSON.parse` says the same, but not where in every browser, and not
 * for nesting of any depth.
 */
export function jsonFault(text: string): number | undefined {
  const open: ('{' | '[')[] = [];
  let at = 0;
  const skip = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    if (!pattern.test(text)) return false;
    at = pattern.lastIndex;
    return true;
  };
  const takes = (mark: string): boolean => {
    if (text[at] !== mark) return false;
    at += 1;
    skip(SPACE);
    return true;
  };
  const name = (): boolean => {
    if (!skip(STRING)) return false;
    skip(SPACE);
    return takes(':');
  };
  skip(SPACE);
  for (;;) {
    if (takes('{')) {
      if (!takes('}')) {
        open.push('{');
        if (!name()) return at;
        continue;
      }
    } else if (takes('[')) {
      if (!takes(']')) {
        open.push('[');
        continue;
      }
    } else if (skip(STRING) || skip(NUMBER) || skip(WORD)) skip(SPACE);
    else return at;
    // A value has ended: what it is in goes on with a comma, or ends too.
    for (;;) {
      const inside = open.at(-1);
      if (inside === undefined) return at === text.length ? undefined : at;
      if (takes(',')) {
        if (inside === '{' && !name()) return at;
        break;
      }
      if (!takes(inside === '{' ? '}' : ']')) return at;
      open.pop();
    }
  }
}

/** The line and column of an offset, both from 1, as an editor counts them. */
export function placeOf(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: (lines.at(-1) ?? '').length + 1 };
}
