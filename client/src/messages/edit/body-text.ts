import type { DraftBody } from '../../../../server/contract/schemas/drafts.ts';

/** A body that can be edited as text. */
export interface BodyText {
  text: string;
  /**
   * What ends a line in the editor. Split and joined by this one, the text is what it was, byte by byte: where the line
   * endings are mixed it is `\n`, and a `\r` is a character like any other.
   */
  lineSeparator: '\n' | '\r\n';
  /** Some lines end otherwise than others. */
  isMixed: boolean;
  /** It begins with a byte order mark. */
  hasMark: boolean;
}

/** Why a body is not edited here. It stays as it is. */
export type NoText = 'tooLarge' | 'binary';

/** A body as text with what its lines end in, or why it has none. Nothing of it is changed or normalised. */
export function readBody(body: DraftBody | null): BodyText | NoText {
  if (body === null) return 'tooLarge';
  if (body.encoding === 'base64') return 'binary';
  const { text } = body;
  const isMixed = /(?:^|[^\r])\n/.test(text) ? text.includes('\r') : /\r(?!\n)/.test(text);
  const lineSeparator = !isMixed && text.includes('\r\n') ? '\r\n' : '\n';
  return { text, lineSeparator, isMixed, hasMark: text.startsWith('\ufeff') };
}

/** How many bytes a text takes as UTF-8. */
export function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
