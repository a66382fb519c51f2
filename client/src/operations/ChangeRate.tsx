import Speed from '@mui/icons-material/Speed';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { RANGES, wholeNumber } from './dialog/resend-form.ts';
import { useSteering } from './use-steering.ts';

/** The pace of an operation, changed while it runs. */
export function ChangeRate({ operation }: { operation: Operation }) {
  const text = useText();
  const [rate, setRate] = useState<string>();
  const [before, setBefore] = useState('');
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
        <FormDialog
          title={text('operations.changeRateTitle', { id: operation.id })}
          submit={text('common.apply')}
          isBusy={isSteering}
          isEdited={rate !== before}
          blocked={isWrong ? text('dialog.notANumber', { ...RANGES.rate }) : undefined}
          noValidate
          onSubmit={() => {
            steer({ ratePerSecond: wholeNumber(rate, RANGES.rate) ?? null }, close);
          }}
          onClose={close}
        >
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
        </FormDialog>
      )}
    </>
  );
}
