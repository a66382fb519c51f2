import Speed from '@mui/icons-material/Speed';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { useUnsavedEdits } from '../show/use-unsaved-edits.ts';
import { RANGES, wholeNumber } from './dialog/resend-form.ts';
import { useSteering } from './use-steering.ts';

/** The pace of an operation, changed while it runs. */
export function ChangeRate({ operation }: { operation: Operation }) {
  const text = useText();
  const titleId = useId();
  const [rate, setRate] = useState<string>();
  const [before, setBefore] = useState('');
  const { askBefore } = useUnsavedEdits(rate !== undefined && rate !== before);
  const { steer, isSteering, blocked } = useSteering(operation);
  const close = () => {
    setRate(undefined);
  };
  const isWrong = rate !== undefined && rate !== '' && wholeNumber(rate, RANGES.rate) === undefined;
  return (
    <>
      <GatedButton
        blocked={blocked}
        variant="outlined"
        color="inherit"
        startIcon={<Speed aria-hidden />}
        onClick={() => {
          const now = operation.ratePerSecond === null ? '' : String(operation.ratePerSecond);
          setBefore(now);
          setRate(now);
        }}
      >
        {text('operations.changeRate')}
      </GatedButton>
      {rate !== undefined && (
        <Dialog
          open
          onClose={() => {
            askBefore(close);
          }}
          fullWidth
          maxWidth="xs"
          aria-labelledby={titleId}
        >
          <Box
            component="form"
            noValidate
            onSubmit={(event) => {
              event.preventDefault();
              if (!isWrong) steer({ ratePerSecond: wholeNumber(rate, RANGES.rate) ?? null }, close);
            }}
          >
            <DialogTitle id={titleId}>{text('operations.changeRateTitle', { id: operation.id })}</DialogTitle>
            <DialogContent>
              <Typography variant="body2" color="text.secondary">
                {text('operations.changeRateText')}
              </Typography>
              <TextField
                autoFocus
                fullWidth
                size="small"
                margin="normal"
                label={text('operations.rate')}
                placeholder={text('operations.rateNone')}
                value={rate}
                error={isWrong}
                helperText={isWrong && text('dialog.notANumber', { ...RANGES.rate })}
                onChange={(event) => {
                  setRate(event.target.value);
                }}
                slotProps={{ htmlInput: { inputMode: 'numeric', autoComplete: 'off' }, inputLabel: { shrink: true } }}
              />
            </DialogContent>
            <DialogActions>
              <Button color="inherit" onClick={close}>
                {text('common.cancel')}
              </Button>
              <GatedButton
                blocked={isWrong ? text('dialog.notANumber', { ...RANGES.rate }) : undefined}
                type="submit"
                variant="contained"
                loading={isSteering}
              >
                {text('common.apply')}
              </GatedButton>
            </DialogActions>
          </Box>
        </Dialog>
      )}
    </>
  );
}
