import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import type { Theme } from '@mui/material/styles';
import { tags } from '@lezer/highlight';

import { styleNonce } from '../../theme/style-nonce.ts';
import { MONO, SANS } from '../../theme/theme.ts';

/** The look of code in the colours of the console. */
export function codeStyle({ palette }: Theme): Extension {
  const { state, text, primary, divider, sunken, background } = palette;
  const isDark = palette.mode === 'dark';
  const wash = (colour: string, percent: number) => `color-mix(in srgb, ${colour} ${percent}%, transparent)`;
  const look = EditorView.theme(
    {
      '&': { color: text.primary, backgroundColor: sunken, fontSize: '0.8125rem' },
      '&.cm-focused': { outline: `2px solid ${primary.main}`, outlineOffset: '-2px' },
      '.cm-scroller': { fontFamily: MONO, lineHeight: '1.6', overflow: 'auto' },
      '.cm-content': { caretColor: text.primary, padding: '10px 0' },
      '.cm-cursor': { borderLeftColor: text.primary },
      '.cm-line': { padding: '0 12px' },
      '.cm-gutters': { backgroundColor: sunken, color: text.secondary, borderRight: `1px solid ${divider}` },
      '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: wash(primary.main, 7) },
      '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
        backgroundColor: wash(primary.main, 26),
      },
      '.cm-selectionMatch': { backgroundColor: wash(primary.main, 14) },
      '.cm-matchingBracket': { backgroundColor: wash(state.good, 22), outline: 'none' },
      '.cm-specialChar': { color: state.bad },
      '.cm-panels': { backgroundColor: background.paper, color: text.primary, borderColor: divider },
      '.cm-panel.cm-search': { padding: '8px 12px', fontFamily: SANS },
      '.cm-panel.cm-search label': { fontSize: '0.8125rem', marginLeft: '6px' },
      '.cm-panel.cm-search [name=close]': { padding: '0 8px', border: 'none' },
      '.cm-panel .cm-button, .cm-panel .cm-textfield': {
        backgroundImage: 'none',
        fontSize: '0.8125rem',
        padding: '3px 8px',
        backgroundColor: sunken,
        color: text.primary,
        border: `1px solid ${divider}`,
        borderRadius: '4px',
      },
      '.cm-searchMatch': { backgroundColor: wash(state.waiting, 30) },
      '.cm-searchMatch-selected': { backgroundColor: wash(state.waiting, 55) },
      '.cm-tooltip': { backgroundColor: background.paper, color: text.primary, border: `1px solid ${divider}` },
      '.cm-diagnostic-error': { borderLeftColor: state.bad },
      '.cm-collapsedLines': { background: background.paper, color: text.secondary, padding: '2px 12px' },
      // What was taken out is struck, what came is underlined: the colours only help.
      '.cm-deletedChunk, &.cm-merge-a .cm-changedLine': { backgroundColor: wash(state.bad, isDark ? 14 : 9) },
      '&.cm-merge-b .cm-changedLine, .cm-insertedLine': { backgroundColor: wash(state.good, isDark ? 14 : 9) },
      '&.cm-merge-a .cm-changedText, .cm-deletedChunk .cm-deletedText': {
        background: wash(state.bad, 30),
        textDecoration: 'line-through',
        textDecorationThickness: '1px',
      },
      '&.cm-merge-b .cm-changedText': {
        background: wash(state.good, 30),
        textDecoration: 'underline',
        textUnderlineOffset: '3px',
      },
      '&.cm-merge-a .cm-changedLineGutter, .cm-deletedLineGutter': { background: state.bad },
      '&.cm-merge-b .cm-changedLineGutter': { background: state.good },
    },
    { dark: isDark },
  );
  const { nonce } = styleNonce();
  return nonce === undefined ? look : [EditorView.cspNonce.of(nonce), look];
}

/** The colours of JSON. Not for comparing: on coloured ground they could not be read. */
export function codeColours({ palette: { state, text, primary } }: Theme): Extension {
  return syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: primary.main },
      { tag: [tags.number, tags.bool, tags.null], color: state.unsure },
      { tag: [tags.separator, tags.brace, tags.squareBracket], color: text.secondary },
    ]),
  );
}
