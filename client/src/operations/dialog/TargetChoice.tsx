import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';

import type { Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';

const KINDS = [
  { kind: 'original', title: 'dialog.targetOriginal', hint: 'dialog.targetOriginalText' },
  { kind: 'queue', title: 'dialog.targetQueue', hint: 'dialog.targetQueueText' },
  { kind: 'custom', title: 'dialog.targetCustom', hint: 'dialog.targetCustomText' },
] as const;

/** Where a resend goes: back where it was (the default), only to the queue it failed in, or elsewhere. */
export function TargetChoice({ target, onChange }: { target: Target; onChange: (target: Target) => void }) {
  const text = useText();
  return (
    <>
      <RadioGroup
        aria-label={text('dialog.target')}
        value={target.kind}
        onChange={(_event, chosen) => {
          const kind = KINDS.find((one) => one.kind === chosen)?.kind ?? 'original';
          onChange(kind === 'custom' ? { kind, exchange: '', routingKey: '' } : { kind });
        }}
      >
        {KINDS.map(({ kind, title, hint }) => (
          <FormControlLabel
            key={kind}
            value={kind}
            control={<Radio size="small" sx={{ py: 0.5 }} />}
            sx={{ alignItems: 'flex-start', mr: 0 }}
            label={
              <Box sx={{ py: 0.5 }}>
                <Typography variant="body2">{text(title)}</Typography>
                {target.kind === kind && (
                  <Typography variant="caption" color="text.secondary" component="div">
                    {text(hint)}
                  </Typography>
                )}
              </Box>
            }
          />
        ))}
      </RadioGroup>
      {target.kind === 'custom' && (
        <Box sx={{ display: 'grid', gridTemplateColumns: { sm: '1fr 1fr' }, gap: 1.5, mt: 1, pl: { sm: 3.5 } }}>
          <TextField
            size="small"
            autoFocus
            label={text('dialog.exchange')}
            helperText={text('dialog.exchangeHint')}
            value={target.exchange}
            onChange={(event) => {
              onChange({ ...target, exchange: event.target.value });
            }}
            slotProps={{ htmlInput: { maxLength: 255, spellCheck: false, autoComplete: 'off' } }}
          />
          <TextField
            size="small"
            label={text('dialog.routingKey')}
            value={target.routingKey}
            onChange={(event) => {
              onChange({ ...target, routingKey: event.target.value });
            }}
            slotProps={{ htmlInput: { maxLength: 255, spellCheck: false, autoComplete: 'off' } }}
          />
        </Box>
      )}
    </>
  );
}
