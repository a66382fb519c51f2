import Checkbox from '@mui/material/Checkbox';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import { useLocale } from 'ra-core';

import type { Reject } from '../../../server/contract/schemas/rejects.ts';
import { useText } from '../i18n/use-text.ts';
import type { Selection } from '../list/use-selection.ts';
import { AppLink } from '../show/AppLink.tsx';
import { formatBytes } from '../show/numbers.ts';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { useWhy } from './use-why.ts';

/** One line a message: when it was taken out of RabbitMQ, from which dead queue, and why it is not registered. */
export function RejectTable({ rows, selection }: { rows: readonly Reject[]; selection: Selection<Reject> }) {
  const text = useText();
  const locale = useLocale();
  const why = useWhy();
  const chosen = new Set(selection.ids);
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell padding="checkbox" />
          <TableCell>{text('column.when')}</TableCell>
          <TableCell>{text('column.deadQueue')}</TableCell>
          <TableCell sx={{ width: '100%' }}>{text('rejects.why')}</TableCell>
          <TableCell>{text('rejects.place')}</TableCell>
          <TableCell align="right">{text('column.bodySize')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {rows.map((reject) => (
          <TableRow key={reject.id} hover selected={chosen.has(reject.id)}>
            <TableCell padding="checkbox" sx={{ verticalAlign: 'middle !important' }}>
              <Checkbox
                size="small"
                slotProps={{ input: { 'aria-label': text('rejects.select', { id: reject.id }) } }}
                checked={chosen.has(reject.id)}
                onChange={() => {
                  selection.toggle(reject.id);
                }}
              />
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <AppLink to={`/rejects/${encodeURIComponent(reject.id)}`}>
                <Time at={reject.at} show="clock" />
              </AppLink>
            </TableCell>
            <TableCell sx={{ overflowWrap: 'anywhere', whiteSpace: { sm: 'nowrap' }, fontWeight: 500 }}>
              {reject.deadQueue}
            </TableCell>
            <TableCell className="wide" sx={{ overflowWrap: 'anywhere', minWidth: 200 }}>
              {why(reject)}
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap', color: 'text.secondary' }}>
              {text(`rejects.${reject.place}`)}
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap', fontVariantNumeric: 'tabular-nums' }}>
              {reject.bodySize === null ? '–' : formatBytes(reject.bodySize, locale)}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
