import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import { useLocale } from 'ra-core';
import { useEffect, useRef } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { formatBytes } from '../../show/numbers.ts';
import { MONO } from '../../theme/theme.ts';
import type { BodyContent } from './body-content.ts';
import { HEX_LIMIT, hexRows } from './hex-rows.ts';
import type { JsonLine } from './json-lines.ts';
import { JsonView } from './JsonView.tsx';
import { Marked } from './Marked.tsx';
import type { BodySearch } from './use-body-search.ts';
import type { Folds } from './use-folds.ts';

export type BodyViewName = 'formatted' | 'raw' | 'hex' | 'image';

interface BodyViewProps {
  content: BodyContent;
  lines: readonly JsonLine[] | undefined;
  folds: Folds;
  search: BodySearch;
  view: Exclude<BodyViewName, 'image'>;
  wrap: boolean;
  /** As high as it grows before it scrolls inside itself: a CSS length. */
  maxHeight: string;
}

/** Shows somebody else's bytes as text only: nothing of it is ever run or taken for markup. */
export function BodyView({ content, lines, folds, search, view, wrap, maxHeight }: BodyViewProps) {
  const text = useText();
  const locale = useLocale();
  const box = useRef<HTMLDivElement>(null);
  const { current } = search;
  useEffect(() => {
    const mark = current && box.current?.querySelector('mark.current');
    if (mark) bringIntoView(mark, box.current);
  }, [current, view, wrap]);
  return (
    <>
      <Box
        ref={box}
        role="region"
        aria-label={text('tab.body')}
        tabIndex={0}
        data-testid="body"
        sx={{
          px: 2,
          py: 1.25,
          fontFamily: MONO,
          fontSize: '0.8125rem',
          lineHeight: 1.55,
          bgcolor: 'sunken',
          overflow: 'auto',
          maxHeight,
          whiteSpace: view !== 'hex' && wrap ? 'pre-wrap' : 'pre',
          overflowWrap: 'anywhere',
          tabSize: 2,
          '& mark': {
            bgcolor: (theme) => (theme.palette.mode === 'light' ? '#ffe58a' : '#6b5410'),
            color: 'inherit',
            borderRadius: '2px',
          },
          '& mark.current': {
            outline: '2px solid',
            outlineColor: 'primary.main',
            fontWeight: 600,
          },
          ...(view === 'formatted' && JSON_LOOK),
        }}
      >
        {view === 'formatted' && lines ? (
          <JsonView lines={lines} folds={folds} matches={search.matches} current={current} />
        ) : view === 'hex' ? (
          <Hex bytes={content.bytes} />
        ) : (
          <Marked text={content.text ?? ''} start={0} matches={search.matches} current={current} />
        )}
      </Box>
      {view === 'hex' && content.bytes.length > HEX_LIMIT && (
        <Box sx={{ px: 2, py: 1, fontSize: '0.75rem', color: 'text.secondary' }}>
          {text('body.hexCut', { shown: formatBytes(HEX_LIMIT, locale) })}
        </Box>
      )}
    </>
  );
}

const JSON_LOOK = {
  pl: 1,
  '& code': { fontFamily: 'inherit' },
  '& .chunk, & .line': { display: 'block' },
  '& .line': { pl: '2ch' },
  '& .opens': { pl: 0 },
  '& .key': { color: 'primary.main' },
  '& .number, & .word': { color: (theme: Theme) => theme.palette.state.unsure },
  '& .mark, & .folded': { color: 'text.secondary' },
  // The indentation of the line that a folded part ends with.
  '& .folded ~ .space': { display: 'none' },
  '& button': {
    all: 'unset',
    display: 'inline',
    cursor: 'pointer',
    userSelect: 'none',
    color: 'text.secondary',
    whiteSpace: 'pre',
    '&::before': { content: '"▾ "' },
    '&[aria-expanded="false"]::before': { content: '"▸ "' },
    '&:hover': { color: 'primary.main' },
    '&:focus-visible': { outline: '2px solid', outlineColor: 'primary.main', borderRadius: '2px' },
  },
};

/** Moves what scrolls around the mark, and nothing else: the page stays where it is. */
function bringIntoView(mark: Element, box: HTMLElement | null): void {
  if (!box) return;
  const [inner, outer] = [mark.getBoundingClientRect(), box.getBoundingClientRect()];
  if (inner.top < outer.top || inner.bottom > outer.bottom) {
    box.scrollTop += inner.top - outer.top - outer.height / 3;
  }
  if (inner.left < outer.left || inner.right > outer.right) {
    box.scrollLeft += inner.left - outer.left - outer.width / 3;
  }
}

function Hex({ bytes }: { bytes: Uint8Array }) {
  return hexRows(bytes).map(({ offset, hex, text }) => (
    <div key={offset}>
      <Box component="span" sx={{ color: 'text.secondary' }}>
        {offset}
      </Box>
      {'  '}
      {hex} {text}
    </div>
  ));
}
