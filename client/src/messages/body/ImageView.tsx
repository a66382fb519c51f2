import Box from '@mui/material/Box';
import { useCallback } from 'react';

import { useText } from '../../i18n/use-text.ts';
import type { ImageFacts } from './image-body.ts';

interface ImageViewProps {
  bytes: Uint8Array;
  facts: ImageFacts;
  maxHeight: string;
  /** The browser cannot draw it after all. */
  onBroken: () => void;
}

/** An image drawn from its bytes; the browser is told the type that the bytes themselves say. */
export function ImageView({ bytes, facts: { type, width, height }, maxHeight, onBroken }: ImageViewProps) {
  const text = useText();
  const draw = useCallback(
    (image: HTMLImageElement) => {
      image.src = URL.createObjectURL(new Blob([bytes.slice()], { type }));
      return () => {
        URL.revokeObjectURL(image.src);
      };
    },
    [bytes, type],
  );
  return (
    <Box
      data-testid="body"
      role="region"
      aria-label={text('tab.body')}
      tabIndex={0}
      sx={{ p: 2, bgcolor: 'sunken', overflow: 'auto', maxHeight }}
    >
      <img
        ref={draw}
        alt={text('body.imageAlt', { type, width, height })}
        onError={onBroken}
        style={{ display: 'block', maxWidth: '100%', height: 'auto' }}
      />
    </Box>
  );
}
