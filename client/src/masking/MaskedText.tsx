import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import { MASK, MASKS } from '../../../server/contract/masking.ts';
import { useText } from '../i18n/use-text.ts';

const LOOK = {
  px: 0.5,
  mx: '1px',
  borderRadius: '3px',
  bgcolor: 'action.selected',
  color: 'text.secondary',
  whiteSpace: 'nowrap',
} as const;

/** A text of the office in which masked values are told from others, also to those who do not see them. */
export function MaskedText({ children }: { children: string }): ReactNode {
  const text = useText();
  if (!children.includes(MASK)) return children;
  const pieces: ReactNode[] = [];
  let behind = 0;
  for (const { 0: mask, index } of children.matchAll(MASKS)) {
    const lastFour = mask.slice(MASK.length + 2);
    pieces.push(
      children.slice(behind, index),
      <Box
        key={index}
        component="span"
        role="img"
        aria-label={lastFour === '' ? text('masking.masked') : text('masking.maskedCard', { digits: lastFour })}
        title={text('masking.masked')}
        sx={LOOK}
      >
        {mask}
      </Box>,
    );
    behind = index + mask.length;
  }
  return (
    <>
      {pieces}
      {children.slice(behind)}
    </>
  );
}
