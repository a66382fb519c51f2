import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { MaskingKind } from '../../../server/contract/masking.ts';
import type { MaskingPreviewRequest } from '../../../server/contract/schemas/masking.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { MONO } from '../theme/theme.ts';
import { MaskedText } from './MaskedText.tsx';
import { useRuleFault } from './RuleDialog.tsx';

/** Tries rules on a pasted text: one that is not saved yet, or all that are in force. */
export function TryOut({ rule }: { rule?: { kind: MaskingKind; value: string } }) {
  const text = useText();
  const guard = useSessionGuard();
  const [sample, setSample] = useState('');
  const attempt = useMutation({
    mutationFn: (wanted: MaskingPreviewRequest) => guard(office.previewMasking(wanted)),
    gcTime: 0,
    retry: false,
  });
  const fault = useRuleFault(attempt.error);
  const missing = sample === '' || rule?.value.trim() === '';
  return (
    <Box sx={{ display: 'grid', gap: 1 }}>
      <TextField
        multiline
        minRows={3}
        maxRows={10}
        label={text('masking.sample')}
        helperText={text('masking.sampleHint')}
        value={sample}
        slotProps={{ htmlInput: { maxLength: 100_000, spellCheck: false, style: { fontFamily: MONO } } }}
        onChange={(event) => {
          attempt.reset();
          setSample(event.target.value);
        }}
      />
      <Box>
        <GatedButton
          variant="outlined"
          blocked={missing ? text('masking.tryMissing') : undefined}
          loading={attempt.isPending}
          onClick={() => {
            attempt.mutate({ sample, ...(rule === undefined ? {} : { rule }) });
          }}
        >
          {text('masking.tryButton')}
        </GatedButton>
      </Box>
      {fault !== undefined ? <Box role="alert">{fault}</Box> : attempt.error && <FaultNotice error={attempt.error} />}
      {attempt.data && (
        <Box role="status">
          <Box sx={{ fontSize: '0.8125rem', color: 'text.secondary', mb: 0.5 }}>
            {text('masking.count', { count: attempt.data.masked.count })}
            {attempt.data.masked.body !== null && ` ${text(`masking.hidden.${attempt.data.masked.body}`)}`}
          </Box>
          <Box
            component="pre"
            data-testid="tried"
            sx={{ m: 0, p: 1.5, bgcolor: 'sunken', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere', fontFamily: MONO }}
          >
            <MaskedText>{attempt.data.text}</MaskedText>
          </Box>
        </Box>
      )}
    </Box>
  );
}
