import Checkbox from '@mui/material/Checkbox';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';

import { AUDIT_KINDS, type AuditKind } from '../../../server/contract/audit.ts';
import { useText } from '../i18n/use-text.ts';
import { KIND_GROUPS, kindsOf } from './audit-list-spec.ts';

const ALL_OF = 'all:';

interface KindFilterProps {
  chosen: readonly string[];
  onChange: (kinds: readonly string[]) => void;
}

/** Kinds of acts, by groups; a group's own line takes all of it. */
export function KindFilter({ chosen, onChange }: KindFilterProps) {
  const text = useText();
  const take = (values: readonly string[]) => {
    const group = KIND_GROUPS.find((one) => values.includes(ALL_OF + one));
    if (group === undefined) {
      onChange(values);
      return;
    }
    const kinds: readonly string[] = kindsOf(group);
    const others = chosen.filter((kind) => !kinds.includes(kind));
    onChange(kinds.every((kind) => chosen.includes(kind)) ? others : [...others, ...kinds]);
  };
  const nameOf = (kind: string) => {
    const known = AUDIT_KINDS.find((one) => one === kind);
    return known === undefined ? kind : text(`audit.${known}`);
  };
  return (
    <TextField
      select
      size="small"
      label={text('filter.kind')}
      value={chosen}
      onChange={(event) => {
        // A multiple selection's value is a list, whatever the field's type says.
        const value: unknown = event.target.value;
        take(Array.isArray(value) ? value.map(String) : []);
      }}
      slotProps={{
        inputLabel: { shrink: true },
        select: {
          multiple: true,
          displayEmpty: true,
          renderValue: (value: unknown) => {
            const kinds = Array.isArray(value) ? value.map(String) : [];
            if (kinds.length === 0) return text('auditEvents.anyKind');
            const whole = KIND_GROUPS.find(
              (group) => kindsOf(group).length === kinds.length && kindsOf(group).every((kind) => kinds.includes(kind)),
            );
            if (whole !== undefined) return text(`auditEvents.kinds.${whole}`);
            return kinds.length === 1
              ? nameOf(kinds[0] ?? '')
              : text('auditEvents.kindsChosen', { count: kinds.length });
          },
          MenuProps: { slotProps: { paper: { sx: { maxHeight: 460 } } } },
        },
      }}
    >
      {KIND_GROUPS.flatMap((group) => [
        <MenuItem key={group} value={ALL_OF + group} dense sx={{ fontWeight: 600 }}>
          {text(`auditEvents.kinds.${group}`)}
        </MenuItem>,
        ...kindsOf(group).map((kind: AuditKind) => (
          <MenuItem key={kind} value={kind} dense>
            <Checkbox size="small" checked={chosen.includes(kind)} tabIndex={-1} sx={{ p: 0.25, mr: 1 }} />
            {text(`audit.${kind}`)}
          </MenuItem>
        )),
      ])}
    </TextField>
  );
}
