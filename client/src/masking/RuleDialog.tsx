import Box from '@mui/material/Box';
import FormControlLabel from '@mui/material/FormControlLabel';
import MenuItem from '@mui/material/MenuItem';
import Switch from '@mui/material/Switch';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import {
  DETECTORS,
  MASKING_KINDS,
  MAX_RULE_NAME,
  MAX_RULE_VALUE,
  RULE_FAULTS,
  type MaskingKind,
} from '../../../server/contract/masking.ts';
import type { MaskingRule } from '../../../server/contract/schemas/masking.ts';
import { office } from '../api/office.ts';
import { OfficeError } from '../api/office-error.ts';
import { useText } from '../i18n/use-text.ts';
import { FormDialog } from '../show/FormDialog.tsx';
import { useSay } from '../show/use-say.ts';
import { useMaskingAct } from './masking-queries.ts';
import { TryOut } from './TryOut.tsx';

/** One rule: a new one, or one to change. Its kind stays what it was. */
export function RuleDialog({ rule, onClose }: { rule?: MaskingRule; onClose: () => void }) {
  const text = useText();
  const say = useSay();
  const [start] = useState((): { name: string; kind: MaskingKind; value: string; enabled: boolean } => ({
    name: rule?.name ?? '',
    kind: MASKING_KINDS.find((one) => one === rule?.kind) ?? 'jsonPath',
    value: rule?.value ?? '',
    enabled: rule?.enabled ?? true,
  }));
  const [form, setForm] = useState(start);
  const change = (changed: Partial<typeof form>) => {
    save.reset();
    setForm((now) => ({ ...now, ...changed }));
  };
  const save = useMaskingAct(
    ({ name, kind, value, enabled }: typeof form) =>
      rule === undefined
        ? office.addMaskingRule({ name, kind, value, enabled })
        : office.changeMaskingRule(rule.id, {
            version: rule.version,
            enabled,
            ...(name === rule.name ? {} : { name }),
            ...(value === rule.value ? {} : { value }),
          }),
    () => {
      say.done('masking.saved');
      onClose();
    },
  );
  const fault = useRuleFault(save.error);
  const { name, kind, value, enabled } = form;
  const isComplete = name.trim() !== '' && value.trim() !== '';
  return (
    <FormDialog
      title={text(rule === undefined ? 'masking.add' : 'masking.editTitle')}
      submit={text('common.save')}
      isBusy={save.isPending}
      isEdited={JSON.stringify(form) !== JSON.stringify(start)}
      blocked={isComplete ? undefined : text('masking.incomplete')}
      noValidate
      error={fault === undefined ? save.error : undefined}
      onSubmit={() => {
        save.mutate(form);
      }}
      onClose={onClose}
    >
      <Box sx={{ display: 'grid', gap: 2, pt: 1 }}>
        <TextField
          required
          autoFocus
          label={text('column.name')}
          value={name}
          slotProps={{ htmlInput: { maxLength: MAX_RULE_NAME } }}
          onChange={(event) => {
            change({ name: event.target.value });
          }}
        />
        <TextField
          select
          label={text('masking.kind')}
          value={kind}
          disabled={rule !== undefined}
          onChange={(event) => {
            const chosen = MASKING_KINDS.find((one) => one === event.target.value);
            if (chosen !== undefined) change({ kind: chosen, value: chosen === 'pattern' ? DETECTORS[0] : '' });
          }}
        >
          {MASKING_KINDS.map((one) => (
            <MenuItem key={one} value={one}>
              {text(`masking.kinds.${one}`)}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          required
          select={kind === 'pattern'}
          label={text('column.value')}
          value={value}
          error={fault !== undefined}
          helperText={fault ?? text(`masking.valueHint.${kind}`)}
          slotProps={{ htmlInput: { maxLength: MAX_RULE_VALUE, spellCheck: false } }}
          onChange={(event) => {
            change({ value: event.target.value });
          }}
        >
          {kind === 'pattern' &&
            DETECTORS.map((one) => (
              <MenuItem key={one} value={one}>
                {text(`masking.detector.${one}`)}
              </MenuItem>
            ))}
        </TextField>
        <FormControlLabel
          label={text('masking.enabled')}
          control={
            <Switch
              checked={enabled}
              onChange={() => {
                change({ enabled: !enabled });
              }}
            />
          }
        />
        {(kind === 'jsonPath' || kind === 'regex' || kind === 'pattern') && <TryOut rule={{ kind, value }} />}
      </Box>
    </FormDialog>
  );
}

/** What is wrong with a rule, in words; undefined where it is something else that went wrong. */
export function useRuleFault(error: unknown): string | undefined {
  const text = useText();
  if (!(error instanceof OfficeError) || error.code !== 'masking.ruleInvalid') return undefined;
  const fault = RULE_FAULTS.find((one) => one === error.params['fault']);
  const said = fault === undefined ? text('errors.masking.ruleInvalid') : text(`masking.fault.${fault}`);
  const words = error.params['words'];
  return typeof words === 'string' && words !== '' ? `${said} ${words}` : said;
}
