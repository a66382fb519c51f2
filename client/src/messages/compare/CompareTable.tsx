import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import type { ReactNode } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { STACKING } from '../../show/stacking.ts';
import { visuallyHidden } from '../../show/visually-hidden.ts';
import type { Difference } from './difference.ts';
import { Sign } from './Sign.tsx';

export interface CompareRow {
  name: string;
  difference: Difference;
  left: ReactNode;
  right: ReactNode;
}

interface CompareTableProps {
  label: string;
  rows: readonly CompareRow[];
  sides: { left: string; right: string };
  /** What is equal too. */
  all: boolean;
}

const LOOK = [
  STACKING,
  {
    tableLayout: { sm: 'fixed' },
    '& td': { overflowWrap: 'anywhere', whiteSpace: 'pre-wrap', py: 0.5 },
    '& tr.differs td.value': { fontWeight: 500 },
    // On a small screen the sides say which they are.
    '& .side': { display: { sm: 'none' }, color: 'text.secondary', fontSize: '0.75rem' },
    '@media (max-width: 599.95px)': { '& td.value': { flexBasis: '100%' }, '& td.name': { fontWeight: 500 } },
  },
] as typeof STACKING;

/** Names and the values of two messages, each row with how they differ. */
export function CompareTable({ label, rows, sides, all }: CompareTableProps) {
  const text = useText();
  const shown = all ? rows : rows.filter(({ difference }) => difference !== 'same');
  if (shown.length === 0) {
    return (
      <Box sx={{ px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>
        {text(rows.length === 0 ? 'compare.bothEmpty' : 'compare.same')}
      </Box>
    );
  }
  return (
    <Table size="small" aria-label={label} sx={LOOK}>
      <TableHead>
        <TableRow>
          <TableCell sx={{ width: '22%' }}>{text('column.name')}</TableCell>
          <TableCell sx={{ width: 40 }}>
            <span aria-hidden>≠</span>
            <span style={visuallyHidden}>{text('compare.how')}</span>
          </TableCell>
          <TableCell>{sides.left}</TableCell>
          <TableCell>{sides.right}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {shown.map(({ name, difference, left, right }, index) => (
          <TableRow key={`${name} ${index}`} className={difference === 'same' ? undefined : 'differs'}>
            <TableCell className="name" sx={{ color: 'text.secondary' }}>
              {name}
            </TableCell>
            <TableCell>
              <Sign of={difference} />
            </TableCell>
            <Value side={sides.left}>{left}</Value>
            <Value side={sides.right}>{right}</Value>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Value({ side, children }: { side: string; children: ReactNode }) {
  return (
    <TableCell className="value">
      <span className="side">{side}: </span>
      {children ?? (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          –
        </Box>
      )}
    </TableCell>
  );
}
