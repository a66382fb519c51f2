/** What a piece of JSON text is, for colouring it. */
export type JsonPart = { kind: 'key' | 'string' | 'number' | 'word' | 'mark' | 'space'; text: string };

/** A string, a number or word, a mark, or white space. Written so that no input makes it go back and forth. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[{}[\],:]|\s+/gs;

/** More lines than anybody reads, or deeper ones, would hold the browser up for seconds. */
const MOST_LINES = 30_000;
const DEEPEST = 5_000;

/**
 * Lays out JSON by moving white space only: every key, number and escape stays exactly as it is written, so that
 * 2^53 + 1, `1.0`, repeated keys and `__proto__` are what they are. Nothing is parsed into values.
 * Answers undefined where the text is not JSON, or nests deeper than anything that somebody means to be read.
 */
export function formatJson(text: string): JsonPart[] | undefined {
  if (!isJson(text)) return undefined;
  const parts: JsonPart[] = [];
  const tokens = (text.match(TOKEN) ?? []).filter((token) => token.trim() !== '');
  if (isTooDeep(tokens)) return undefined;
  let depth = 0;
  const newLine = () => {
    // Deeper than anybody can read, indentation would outgrow the body itself.
    parts.push({ kind: 'space', text: `\n${'  '.repeat(Math.min(depth, 200))}` });
  };
  tokens.forEach((token, index) => {
    const next = tokens[index + 1];
    if (token === '{' || token === '[') {
      parts.push({ kind: 'mark', text: token });
      depth += 1;
      if (next !== '}' && next !== ']') newLine();
    } else if (token === '}' || token === ']') {
      depth -= 1;
      const previous = tokens[index - 1];
      if (previous !== '{' && previous !== '[') newLine();
      parts.push({ kind: 'mark', text: token });
    } else if (token === ',') {
      parts.push({ kind: 'mark', text: token });
      newLine();
    } else if (token === ':') parts.push({ kind: 'mark', text: ': ' });
    else parts.push({ kind: kindOf(token, next), text: token });
  });
  return parts;
}

function isTooDeep(tokens: readonly string[]): boolean {
  let depth = 0;
  return tokens.some((token) => {
    if (token === '{' || token === '[') depth += 1;
    else if (token === '}' || token === ']') depth -= 1;
    return depth > DEEPEST;
  });
}

/** Whether it has no more lines than a browser lays out without holding its reader up. */
export function fitsScreen(parts: readonly JsonPart[]): boolean {
  return parts.filter(({ kind }) => kind === 'space').length <= MOST_LINES;
}

function kindOf(token: string, next: string | undefined): JsonPart['kind'] {
  if (token.startsWith('"')) return next === ':' ? 'key' : 'string';
  return /^[-\d]/.test(token) ? 'number' : 'word';
}

function isJson(text: string): boolean {
  const start = text.trimStart()[0];
  if (start === undefined) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
