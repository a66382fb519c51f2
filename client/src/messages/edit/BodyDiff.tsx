import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, Text, type Extension } from '@codemirror/state';
import { EditorView, highlightSpecialChars, lineNumbers } from '@codemirror/view';
import Box from '@mui/material/Box';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useTheme, type Theme } from '@mui/material/styles';
import { useEffect, useRef } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { codeStyle } from './code-style.ts';
import { usePhrases } from './use-phrases.ts';

interface BodyDiffProps {
  before: string;
  after: string;
  /** What the two sides are. */
  beforeLabel: string;
  afterLabel: string;
}

/** A very different pair is told apart line by line only, so that the browser does not stall (ms). */
const DIFF = { scanLimit: 2000, timeout: 400 };
const COLLAPSE = { margin: 3, minSize: 6 };

/** Two bodies beside each other, or one under the other where there is no room; to be read only. */
export function BodyDiff({ before, after, beforeLabel, afterLabel }: BodyDiffProps) {
  const place = useRef<HTMLDivElement>(null);
  const theme = useTheme();
  const phrases = usePhrases();
  const text = useText();
  const isNarrow = useMediaQuery((current: Theme) => current.breakpoints.down('md'));
  const both = text('edit.diff', { before: beforeLabel, after: afterLabel });
  useEffect(() => {
    const parent = place.current;
    if (!parent) return;
    const lineSeparator = separatorOf(before, after);
    const extensions = (label: string): Extension[] => [
      EditorState.lineSeparator.of(lineSeparator),
      lineNumbers(),
      highlightSpecialChars(),
      EditorView.lineWrapping,
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      phrases,
      codeStyle(theme),
    ];
    if (isNarrow) {
      const view = new EditorView({
        parent,
        doc: after,
        extensions: [
          ...extensions(both),
          unifiedMergeView({
            original: Text.of(before.split(lineSeparator)),
            mergeControls: false,
            collapseUnchanged: COLLAPSE,
            diffConfig: DIFF,
          }),
        ],
      });
      return () => {
        view.destroy();
      };
    }
    const view = new MergeView({
      parent,
      a: { doc: before, extensions: extensions(beforeLabel) },
      b: { doc: after, extensions: extensions(afterLabel) },
      collapseUnchanged: COLLAPSE,
      diffConfig: DIFF,
    });
    return () => {
      view.destroy();
    };
  }, [before, after, beforeLabel, afterLabel, both, isNarrow, theme, phrases]);
  return (
    <div>
      {!isNarrow && (
        <Box
          aria-hidden
          sx={{ display: 'grid', gridTemplateColumns: '1fr 1fr', fontSize: '0.75rem', color: 'text.secondary' }}
        >
          <Box sx={{ px: 1.5, py: 0.5 }}>{beforeLabel}</Box>
          <Box sx={{ px: 1.5, py: 0.5 }}>{afterLabel}</Box>
        </Box>
      )}
      <Box
        ref={place}
        data-testid="diff"
        sx={{ maxHeight: '60vh', overflow: 'auto', borderTop: 1, borderColor: 'divider', bgcolor: 'sunken' }}
      />
    </div>
  );
}

/** Where both end all their lines with CR LF, the CR says nothing; else it is a difference that is to be seen. */
function separatorOf(before: string, after: string): '\n' | '\r\n' {
  const isCrLf = (text: string) => !/(?:^|[^\r])\n|\r(?!\n)/.test(text);
  return isCrLf(before) && isCrLf(after) && `${before}${after}`.includes('\r\n') ? '\r\n' : '\n';
}
