import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { json } from '@codemirror/lang-json';
import { linter } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import Box from '@mui/material/Box';
import { useTheme } from '@mui/material/styles';
import { useEffect, useMemo, useRef } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { jsonFault } from '../body/json-fault.ts';
import type { BodyText } from './body-text.ts';
import { codeColours, codeStyle } from './code-style.ts';
import { usePhrases } from './use-phrases.ts';

interface CodeEditorProps extends Pick<BodyText, 'lineSeparator' | 'isMixed'> {
  value: string;
  onChange: (text: string) => void;
  /** It should be JSON: coloured, and marked where it is not. */
  isJson: boolean;
  label: string;
  /** The id of what says more about it. */
  describedBy: string;
  /** Takes the focus to this place when it changes. */
  goTo: { offset: number } | undefined;
}

/**
 * A text editor that hands on the text exactly: it is split and joined by one line separator, and whatever else is in
 * it is a character like any other. Tab indents; Escape, then Tab, leaves it.
 */
export function CodeEditor({
  value,
  onChange,
  isJson,
  label,
  describedBy,
  lineSeparator,
  isMixed,
  goTo,
}: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changing = useRef(new Compartment());
  const told = useRef(onChange);
  const text = useText();
  const theme = useTheme();
  const phrases = usePhrases();
  const notJson = text('edit.json.notHere');
  const dressed = useMemo<Extension>(
    () => [
      phrases,
      codeStyle(theme),
      codeColours(theme),
      EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': describedBy, spellcheck: 'false' }),
      isJson ? [json(), linter(faultIn(notJson), { delay: 400 })] : [],
    ],
    [theme, phrases, label, describedBy, isJson, notJson],
  );
  const first = useRef({ value, dressed });
  useEffect(() => {
    told.current = onChange;
  });

  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: first.current.value,
        extensions: [
          EditorState.lineSeparator.of(lineSeparator),
          // Another text's line endings do not come in with it, where this text has one kind.
          isMixed ? [] : EditorView.clipboardInputFilter.of((pasted) => pasted.replace(/\r\n?|\n/g, lineSeparator)),
          lineNumbers(),
          highlightSpecialChars(),
          history(),
          drawSelection(),
          indentOnInput(),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          EditorView.lineWrapping,
          keymap.of([...defaultKeymap, ...historyKeymap, ...searchKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) told.current(update.state.sliceDoc());
          }),
          changing.current.of(first.current.dressed),
        ],
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [lineSeparator, isMixed]);

  useEffect(() => {
    view.current?.dispatch({ effects: changing.current.reconfigure(dressed) });
  }, [dressed]);

  // A text that comes from elsewhere (laid out, taken over) goes in as one step that can be undone.
  useEffect(() => {
    const { current } = view;
    if (!current || current.state.sliceDoc() === value) return;
    current.dispatch({ changes: { from: 0, to: current.state.doc.length, insert: current.state.toText(value) } });
  }, [value]);

  useEffect(() => {
    const { current } = view;
    if (!current || goTo === undefined) return;
    current.dispatch({ selection: { anchor: positionOf(current.state, goTo.offset) }, scrollIntoView: true });
    current.focus();
  }, [goTo]);

  return (
    <Box
      ref={place}
      data-testid="editor"
      sx={{ '& .cm-editor': { maxHeight: '62vh', minHeight: 160, display: 'flex' } }}
    />
  );
}

/** Marks the first place where the text is no JSON. */
function faultIn(message: string) {
  return ({ state }: EditorView) => {
    const offset = jsonFault(state.sliceDoc());
    if (offset === undefined) return [];
    const from = positionOf(state, offset);
    return [{ from, to: Math.min(from + 1, state.doc.length), severity: 'error' as const, message }];
  };
}

/** The editor counts a line's end as one, however long it is. */
function positionOf(state: EditorState, offset: number): number {
  const long = state.lineBreak.length - 1;
  if (long === 0) return Math.min(offset, state.doc.length);
  const before = state.sliceDoc().slice(0, offset).split(state.lineBreak).length - 1;
  return Math.min(offset - before * long, state.doc.length);
}
