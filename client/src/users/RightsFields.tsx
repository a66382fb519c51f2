import Box from '@mui/material/Box';
import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormHelperText from '@mui/material/FormHelperText';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import TextField from '@mui/material/TextField';
import { useId } from 'react';

import { ROLES } from '../../../server/contract/access.ts';
import { useText } from '../i18n/use-text.ts';
import { patternsOf, type RightsForm } from './rights-form.ts';
import { ScopeMatches } from './ScopeMatches.tsx';

/** The role with what it may do, and the dead queues that somebody sees, with those that it matches now. */
export function RightsFields({ form, onChange }: { form: RightsForm; onChange: (form: RightsForm) => void }) {
  const text = useText();
  const roleId = useId();
  const scopeId = useId();
  const isAdmin = form.role === 'admin';
  return (
    <Box sx={{ display: 'grid', gap: 2, mt: 2 }}>
      <FormControl>
        <FormLabel id={roleId} sx={{ fontSize: '0.8125rem' }}>
          {text('users.role')}
        </FormLabel>
        <RadioGroup
          row
          aria-labelledby={roleId}
          value={form.role}
          onChange={(_event, value) => {
            const role = ROLES.find((one) => one === value);
            if (role) onChange({ ...form, role });
          }}
        >
          {ROLES.map((role) => (
            <FormControlLabel
              key={role}
              value={role}
              label={text(`role.${role}`)}
              control={<Radio size="small" />}
              slotProps={{ typography: { variant: 'body2' } }}
            />
          ))}
        </RadioGroup>
        <FormHelperText sx={{ mx: 0 }}>{text(`account.roleMeans.${form.role}`)}</FormHelperText>
      </FormControl>
      <FormControl>
        <FormLabel id={scopeId} sx={{ fontSize: '0.8125rem' }}>
          {text('users.scope')}
        </FormLabel>
        <RadioGroup
          aria-labelledby={scopeId}
          value={form.isLimited && !isAdmin ? 'limited' : 'everything'}
          onChange={(_event, value) => {
            onChange({ ...form, isLimited: value === 'limited' });
          }}
        >
          {(['everything', 'limited'] as const).map((one) => (
            <FormControlLabel
              key={one}
              value={one}
              disabled={isAdmin}
              label={text(`users.${one}`)}
              control={<Radio size="small" />}
              slotProps={{ typography: { variant: 'body2' } }}
            />
          ))}
        </RadioGroup>
        {isAdmin && <FormHelperText sx={{ mx: 0 }}>{text('users.adminScope')}</FormHelperText>}
      </FormControl>
      {form.isLimited && !isAdmin && (
        <div>
          <TextField
            fullWidth
            multiline
            size="small"
            minRows={2}
            maxRows={8}
            label={text('users.patterns')}
            helperText={text('users.patternsHint')}
            value={form.patterns}
            onChange={(event) => {
              onChange({ ...form, patterns: event.target.value });
            }}
            slotProps={{ htmlInput: { spellCheck: false, autoCapitalize: 'none' } }}
          />
          <ScopeMatches patterns={patternsOf(form)} />
        </div>
      )}
    </Box>
  );
}
