import { useRef } from 'react';

import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Selection } from '../list/use-selection.ts';
import { useShortcut } from '../keyboard/use-shortcut.ts';

/** What a row is found by. The row that has the focus is the current one: nothing else has to be kept in step. */
const ROW = '[data-message-id]';
/** Where the focus goes in a row: its link, so that Enter opens it; where that column is hidden, its checkbox. */
const TARGETS = ['.fills a', '.to-message a', 'input'];

/** `j` `k` go from message to message, `x` selects. Gives the message that has the focus. */
export function useListKeys(
  rows: readonly Message[] | undefined,
  selection: Selection<Message>,
): () => Message | undefined {
  const lastAt = useRef(-1);
  const move = (step: 1 | -1) => {
    const shown = [...document.querySelectorAll<HTMLElement>(ROW)];
    const at = shown.findIndex((row) => row.contains(document.activeElement));
    // After a look elsewhere on the screen it goes on where it was.
    const from = at >= 0 ? at : Math.min(lastAt.current, shown.length - 1);
    const to = at >= 0 || from < 0 ? from + step : from;
    const row = shown[Math.max(0, Math.min(to, shown.length - 1))];
    if (!row) return;
    lastAt.current = shown.indexOf(row);
    for (const target of TARGETS) {
      const found = row.querySelector<HTMLElement>(target);
      if (!found) continue;
      found.focus();
      return;
    }
  };
  const current = () => {
    const id = document.activeElement?.closest<HTMLElement>(ROW)?.dataset['messageId'];
    return id === undefined ? undefined : rows?.find((row) => row.id === id);
  };
  useShortcut('j', () => {
    move(1);
  });
  useShortcut('k', () => {
    move(-1);
  });
  useShortcut('x', () => {
    const message = current();
    if (message) selection.toggle(message.id);
  });
  return current;
}
