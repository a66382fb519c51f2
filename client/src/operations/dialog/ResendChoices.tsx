import ExpandMore from '@mui/icons-material/ExpandMore';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import Collapse from '@mui/material/Collapse';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import type { Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { HowMany } from './HowMany.tsx';
import { RANGES, type NumberField, type ResendForm } from './resend-form.ts';

/** Up to so many messages the choices stay folded: nobody paces five messages. */
const FEW = 20;

export interface ResendChoicesProps {
  form: ResendForm;
  onChange: (form: ResendForm) => void;
  count: number;
  target: Target['kind'];
  wrong: ReadonlySet<NumberField | 'startAt'>;
}

/** How a resend is done: how many, how fast, and when it stops are open for many and folded for few; the rest is rare. */
export function ResendChoices(props: ResendChoicesProps) {
  const text = useText();
  const [opened, setOpened] = useState(false);
  const isMany = props.count > FEW;
  const more = (
    <Box sx={{ mt: 1 }}>
      <Button
        color="inherit"
        aria-expanded={opened}
        endIcon={<ExpandMore aria-hidden sx={{ transform: opened ? 'rotate(180deg)' : 'none' }} />}
        onClick={() => {
          setOpened(!opened);
        }}
        sx={{ color: 'text.secondary', ml: -1 }}
      >
        {text('dialog.moreChoices')}
      </Button>
      <Collapse in={opened} unmountOnExit>
        {!isMany && props.count > 1 && <HowMany {...props} />}
        {!isMany && props.count > 1 && <Limits {...props} />}
        <StartAt {...props} />
        <Restored {...props} />
      </Collapse>
    </Box>
  );
  return (
    <>
      {isMany && (
        <>
          <HowMany {...props} />
          <Limits {...props} />
        </>
      )}
      {more}
    </>
  );
}

function Limits({ form, onChange, wrong }: ResendChoicesProps) {
  const text = useText();
  const fields = [
    { field: 'rate', none: 'dialog.rateNone' },
    { field: 'stopWhenCameBack', none: 'dialog.stopNone' },
  ] as const;
  return (
    <Box sx={{ display: 'grid', gap: 1.5, mt: 2, alignItems: 'start', gridTemplateColumns: { sm: '1fr 1fr' } }}>
      {fields.map(({ field, none }) => (
        <TextField
          key={field}
          size="small"
          label={text(`dialog.${field}`)}
          placeholder={text(none)}
          value={form[field]}
          error={wrong.has(field)}
          helperText={wrong.has(field) && text('dialog.notANumber', { ...RANGES[field] })}
          onChange={(event) => {
            onChange({ ...form, [field]: event.target.value });
          }}
          slotProps={{ htmlInput: { inputMode: 'numeric', autoComplete: 'off' }, inputLabel: { shrink: true } }}
        />
      ))}
    </Box>
  );
}

function StartAt({ form, onChange, wrong }: ResendChoicesProps) {
  const text = useText();
  return (
    <TextField
      size="small"
      type="datetime-local"
      label={text('dialog.startAt')}
      value={form.startAt}
      error={wrong.has('startAt')}
      helperText={text(wrong.has('startAt') ? 'dialog.startAtPast' : 'dialog.startAtHint')}
      onChange={(event) => {
        onChange({ ...form, startAt: event.target.value });
      }}
      slotProps={{ inputLabel: { shrink: true } }}
      sx={{ mt: 1.5, minWidth: 230 }}
    />
  );
}

/** What the message lost on its way to the dead queue, and may have again. */
function Restored({ form, onChange, target }: ResendChoicesProps) {
  const text = useText();
  const options = [
    // A single queue is reached past the exchange: copies for others have no place there.
    ...(target === 'queue' ? [] : (['restoreCc'] as const)),
    'restoreExpiration' as const,
  ];
  return (
    <Box sx={{ display: 'grid', mt: 1 }}>
      {options.map((option) => (
        <div key={option}>
          <FormControlLabel
            label={text(`dialog.${option}`)}
            slotProps={{ typography: { variant: 'body2' } }}
            control={
              <Checkbox
                checked={form[option]}
                onChange={(_event, on) => {
                  onChange({ ...form, [option]: on });
                }}
              />
            }
          />
          <FormHelperText sx={{ mt: -0.5, ml: 4 }}>{text(`dialog.${option}Hint`)}</FormHelperText>
        </div>
      ))}
    </Box>
  );
}
