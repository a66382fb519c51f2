import { FORMATTED_WHOLE, type BodyContent } from '../body/body-content.ts';
import { hexRows } from '../body/hex-rows.ts';
import { jsonLines } from '../body/json-lines.ts';
import { fitsScreen, formatJson } from '../body/json-text.ts';

export interface ComparedBodies {
  as: 'formatted' | 'raw' | 'hex';
  left: string[];
  right: string[];
}

/** Two bodies as lines to compare: laid out where both are JSON, else as they are; as hex where one is not text. */
export function comparedBodies(left: BodyContent, right: BodyContent): ComparedBodies {
  if (left.text === undefined || right.text === undefined) {
    return { as: 'hex', left: hexLines(left), right: hexLines(right) };
  }
  const [one, other] = [laidOut(left), laidOut(right)];
  if (one && other) return { as: 'formatted', left: one, right: other };
  return { as: 'raw', left: textLines(left.text), right: textLines(right.text) };
}

function laidOut({ text, truncated, bytes }: BodyContent): string[] | undefined {
  if (text === undefined || truncated || bytes.length > FORMATTED_WHOLE) return undefined;
  const json = formatJson(text);
  return json && fitsScreen(json) ? jsonLines(json).map((line) => line.text) : undefined;
}

function textLines(text: string): string[] {
  return text === '' ? [] : text.split('\n');
}

function hexLines({ bytes }: BodyContent): string[] {
  return hexRows(bytes).map(({ hex, text }) => `${hex} ${text}`);
}
