/** What a piece of JSON text is, for colouring it. */
export type JsonPart = { kind: 'key' | 'string' | 'number' | 'word' | 'mark' | 'space'; text: string };

/** A string, a number or word, a mark, or white space. Written so that no input makes it go back and forth. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[-+.\w]+|[{}[\],:]|\s+/gs;

/**
 * Lays out JSON by moving white space only: every key, number and escape stays exactly as it is written, so that
 * 2^53 + 1, `1.0`, repeated keys and `__proto__` are what they are. Nothing is parsed into values.
 * Answers undefined where the text is not JSON.
 */
export function formatJson(text: string): JsonPart[] | undefined {
  if (!isJson(text)) return undefined;
  const parts: JsonPart[] = [];
  const tokens = (text.match(TOKEN) ?? []).filter((token) => token.trim() !== '');
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
