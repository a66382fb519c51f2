import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import InputBase from '@mui/material/InputBase';
import NativeSelect from '@mui/material/NativeSelect';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import type { ReactNode } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { Sentence } from '../../show/Sentence.tsx';
import { RANGES, sendsFewFirst } from './resend-form.ts';
import type { ResendChoicesProps } from './ResendChoices.tsx';

const START_LIMIT = '100';

/** All or only the first of them, and whether a few of those go before the rest. */
export function HowMany({ form, onChange, count, wrong }: Omit<ResendChoicesProps, 'target'>) {
  const text = useText();
  const fewFirst = sendsFewFirst(form, count);
  const said = (['limit', 'first', 'waitMinutes'] as const).find((field) => wrong.has(field));
  return (
    <Box sx={{ mt: 1.5 }}>
      <RadioGroup
        row
        aria-label={text('dialog.howMany')}
        value={form.limit === null ? 'all' : 'first'}
        onChange={(_event, chosen) => {
          onChange({ ...form, limit: chosen === 'all' ? null : START_LIMIT });
        }}
      >
        <Choice value="all" label={text('dialog.sendAll')} />
        <Choice
          value="first"
          label={
            <Sentence
              of="dialog.sendFirst"
              parts={{
                limit: (
                  <SmallNumber
                    label={text('dialog.limit')}
                    value={form.limit ?? ''}
                    placeholder={START_LIMIT}
                    isWrong={wrong.has('limit')}
                    onChange={(limit) => {
                      onChange({ ...form, limit });
                    }}
                  />
                ),
              }}
            />
          }
        />
      </RadioGroup>
      {form.limit !== null && (
        <FormHelperText sx={{ mt: -0.5, mb: 0.5 }}>{text('dialog.sendFirstHint')}</FormHelperText>
      )}
      <Box sx={{ display: 'flex', alignItems: 'flex-start' }}>
        <Checkbox
          checked={fewFirst}
          slotProps={{ input: { 'aria-label': text('dialog.canarySwitch') } }}
          onChange={(_event, on) => {
            onChange({ ...form, sendsFewFirst: on });
          }}
          sx={{ ml: '-9px' }}
        />
        <Box
          sx={{ fontSize: '0.8125rem', lineHeight: '28px', pt: '4px', color: fewFirst ? undefined : 'text.secondary' }}
        >
          <Sentence
            of="dialog.canary"
            parts={{
              first: (
                <SmallNumber
                  label={text('dialog.canaryFirst')}
                  value={form.first}
                  isWrong={wrong.has('first')}
                  onChange={(first) => {
                    onChange({ ...form, first, sendsFewFirst: true });
                  }}
                />
              ),
              wait: (
                <SmallNumber
                  label={text('dialog.canaryWait')}
                  value={form.waitMinutes}
                  isWrong={wrong.has('waitMinutes')}
                  onChange={(waitMinutes) => {
                    onChange({ ...form, waitMinutes, sendsFewFirst: true });
                  }}
                />
              ),
              then: (
                <NativeSelect
                  disableUnderline
                  value={form.then}
                  inputProps={{ 'aria-label': text('dialog.canaryThen') }}
                  onChange={(event) => {
                    onChange({
                      ...form,
                      then: event.target.value === 'continue' ? 'continue' : 'ask',
                      sendsFewFirst: true,
                    });
                  }}
                  sx={{ fontSize: 'inherit', verticalAlign: 'baseline' }}
                >
                  <option value="ask">{text('dialog.canaryAsk')}</option>
                  <option value="continue">{text('dialog.canaryContinue')}</option>
                </NativeSelect>
              ),
            }}
          />
          {fewFirst && (
            <FormHelperText sx={{ mt: 0 }}>
              {text(form.then === 'ask' ? 'dialog.canaryAskHint' : 'dialog.canaryContinueHint')}
            </FormHelperText>
          )}
        </Box>
      </Box>
      {said !== undefined && <FormHelperText error>{text('dialog.notANumber', { ...RANGES[said] })}</FormHelperText>}
    </Box>
  );
}

function Choice({ value, label }: { value: string; label: ReactNode }) {
  return (
    <FormControlLabel
      value={value}
      control={<Radio size="small" sx={{ py: 0.5 }} />}
      label={label}
      slotProps={{ typography: { variant: 'body2', component: 'div' } }}
    />
  );
}

interface SmallNumberProps {
  label: string;
  value: string;
  placeholder?: string;
  isWrong: boolean;
  onChange: (value: string) => void;
}

/** A number inside a sentence. */
function SmallNumber({ label, value, placeholder, isWrong, onChange }: SmallNumberProps) {
  return (
    <InputBase
      value={value}
      placeholder={placeholder}
      error={isWrong}
      onChange={(event) => {
        onChange(event.target.value);
      }}
      inputProps={{ 'aria-label': label, 'aria-invalid': isWrong, inputMode: 'numeric', autoComplete: 'off' }}
      sx={{
        width: 60,
        mx: 0.25,
        border: 1,
        borderColor: (theme) => (isWrong ? theme.palette.error.main : theme.palette.divider),
        borderRadius: 1,
        fontSize: 'inherit',
        verticalAlign: 'baseline',
        '& input': { textAlign: 'center', p: '2px 4px', height: 20 },
        '&.Mui-focused': { borderColor: 'primary.main' },
      }}
    />
  );
}
