import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import { useLocale } from 'ra-core';
import { memo } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { formatBytes } from '../../show/numbers.ts';
import { MONO } from '../../theme/theme.ts';
import type { BodyContent } from './body-content.ts';
import { HEX_LIMIT, hexRows } from './hex-rows.ts';
import type { JsonPart } from './json-text.ts';

export type BodyViewName = 'formatted' | 'raw' | 'hex';

interface BodyViewProps {
  content: BodyContent;
  json: readonly JsonPart[] | undefined;
  view: BodyViewName;
  wrap: boolean;
}

/** Shows somebody else's bytes as text only: nothing of it is ever run or taken for markup. */
export const BodyView = memo(function BodyView({ content, json, view, wrap }: BodyViewProps) {
  const text = useText();
  const locale = useLocale();
  const whiteSpace = wrap ? 'pre-wrap' : 'pre';
  return (
    <>
      <Box
        component="pre"
        tabIndex={0}
        data-testid="body"
        sx={{
          m: 0,
          px: 2,
          py: 1.5,
          fontFamily: MONO,
          fontSize: '0.8125rem',
          lineHeight: 1.6,
          bgcolor: 'sunken',
          overflow: 'auto',
          maxHeight: '70vh',
          whiteSpace: view === 'hex' ? 'pre' : whiteSpace,
          overflowWrap: 'anywhere',
          tabSize: 2,
        }}
      >
        {view === 'formatted' && json ? (
          <Coloured json={json} />
        ) : view === 'hex' ? (
          <Hex bytes={content.bytes} />
        ) : (
          content.text
        )}
      </Box>
      {view === 'hex' && content.bytes.length > HEX_LIMIT && (
        <Box sx={{ px: 2, py: 1, fontSize: '0.75rem', color: 'text.secondary' }}>
          {text('body.hexCut', { shown: formatBytes(HEX_LIMIT, locale) })}
        </Box>
      )}
    </>
  );
});

function Coloured({ json }: { json: readonly JsonPart[] }) {
  return (
    <Box
      component="code"
      sx={{
        fontFamily: 'inherit',
        '& .key': { color: 'primary.main' },
        '& .number': { color: (theme: Theme) => theme.palette.state.unsure },
        '& .word': { color: (theme: Theme) => theme.palette.state.unsure },
        '& .mark': { color: 'text.secondary' },
      }}
    >
      {json.map((part, index) =>
        part.kind === 'space' || part.kind === 'string' ? (
          part.text
        ) : (
          <span key={index} className={part.kind}>
            {part.text}
          </span>
        ),
      )}
    </Box>
  );
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
