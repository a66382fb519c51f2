import { Fragment, type ReactNode } from 'react';

import type { TextKey } from '../i18n/texts.ts';
import { useText } from '../i18n/use-text.ts';

/** Cannot be in a text. */
const MARK = '\u0000';

/** A sentence with fields or other nodes in it, each where the language wants it. */
export function Sentence({ of: key, parts }: { of: TextKey; parts: Readonly<Record<string, ReactNode>> }) {
  const text = useText();
  const marked = Object.fromEntries(Object.keys(parts).map((name) => [name, MARK + name + MARK]));
  return text(key, marked)
    .split(MARK)
    .map((piece, index) => <Fragment key={index}>{index % 2 === 1 ? parts[piece] : piece}</Fragment>);
}
