import Switch from '@mui/material/Switch';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Tooltip from '@mui/material/Tooltip';

import { DETECTORS, MASKING_KINDS } from '../../../server/contract/masking.ts';
import type { MaskingRule } from '../../../server/contract/schemas/masking.ts';
import { useText } from '../i18n/use-text.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { Mono } from '../show/Mono.tsx';
import { STACKING } from '../show/stacking.ts';
import { useRuleName } from './use-rule-name.ts';

interface RuleTableProps {
  rules: readonly MaskingRule[];
  blocked: string | undefined;
  onToggle: (rule: MaskingRule) => void;
  onEdit: (rule: MaskingRule) => void;
  onRemove: (rule: MaskingRule) => void;
}

/** The rules, with what each goes by. */
export function RuleTable({ rules, blocked, onToggle, onEdit, onRemove }: RuleTableProps) {
  const text = useText();
  const nameOf = useRuleName();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('masking.enabled')}</TableCell>
          <TableCell>{text('column.name')}</TableCell>
          <TableCell>{text('masking.kind')}</TableCell>
          <TableCell>{text('column.value')}</TableCell>
          <TableCell />
        </TableRow>
      </TableHead>
      <TableBody>
        {rules.map((rule) => {
          const name = nameOf(rule.name);
          const kind = MASKING_KINDS.find((one) => one === rule.kind);
          const detector = rule.kind === 'pattern' ? DETECTORS.find((one) => one === rule.value) : undefined;
          return (
            <TableRow key={rule.id}>
              <TableCell>
                <Tooltip title={blocked ?? ''} describeChild>
                  <span>
                    <Switch
                      size="small"
                      checked={rule.enabled}
                      slotProps={{ input: { 'aria-label': text('masking.enabledOf', { name }), role: 'switch' } }}
                      disabled={blocked !== undefined}
                      onChange={() => {
                        onToggle(rule);
                      }}
                    />
                  </span>
                </Tooltip>
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>{name}</TableCell>
              <TableCell>{kind === undefined ? text('masking.kindUnknown') : text(`masking.kinds.${kind}`)}</TableCell>
              <TableCell className="wide">
                {detector === undefined ? <Mono wrap>{rule.value}</Mono> : text(`masking.detectorHint.${detector}`)}
              </TableCell>
              <TableCell sx={{ whiteSpace: 'nowrap', textAlign: 'right' }}>
                <GatedButton
                  size="small"
                  color="inherit"
                  blocked={blocked}
                  aria-label={text('masking.editOf', { name })}
                  onClick={() => {
                    onEdit(rule);
                  }}
                >
                  {text('masking.edit')}
                </GatedButton>
                <GatedButton
                  size="small"
                  color="inherit"
                  blocked={blocked}
                  aria-label={text('masking.removeOf', { name })}
                  onClick={() => {
                    onRemove(rule);
                  }}
                >
                  {text('common.remove')}
                </GatedButton>
              </TableCell>
            </TableRow>
          );
        })}
      </TableBody>
    </Table>
  );
}
