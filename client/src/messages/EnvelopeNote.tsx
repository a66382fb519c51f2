import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import { useLocale } from 'ra-core';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { useReveal } from '../masking/reveal-context.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { formatBytes } from '../show/numbers.ts';

/** Frameworks that wrap a failed message, by their own names. */
const NAMES: Readonly<Record<string, string>> = { easynetq: 'EasyNetQ', sneakers: 'Sneakers' };
/** So many parts are named. */
const PARTS = 20;

/** Says that what is shown was in an envelope, what of it is not sure, and where the envelope is. */
export function EnvelopeNote({ message }: { message: MessageDetail }) {
  const text = useText();
  const locale = useLocale();
  const reveal = useReveal();
  const { envelope, inexactParts } = message;
  if (envelope === null) return null;
  const framework = NAMES[envelope.framework ?? ''];
  const size = formatBytes(envelope.bodySize, locale);
  const parts = inexactParts.slice(0, PARTS).join(', ');
  return (
    <Box data-testid="envelope" sx={{ mb: 1.5, fontSize: '0.8125rem', color: 'text.secondary' }}>
      {framework === undefined ? text('envelope.note') : text('envelope.noteOf', { framework })}{' '}
      {inexactParts.length > 0 && (
        <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
          {text('envelope.inexact', { parts: inexactParts.length > PARTS ? `${parts}, …` : parts })}{' '}
        </Box>
      )}
      {reveal?.isRevealed === false ? (
        <GatedButton
          size="small"
          blocked={reveal.blocked}
          hint={text('masking.downloadNeedsReveal')}
          onClick={reveal.ask}
        >
          {text('envelope.download', { size })}
        </GatedButton>
      ) : (
        <Link href={office.arrivedBodyPath(message.id)} download title={text('body.recorded')}>
          {text('envelope.download', { size })}
        </Link>
      )}
    </Box>
  );
}
