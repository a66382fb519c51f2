import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';

import { useMemo } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { visuallyHidden } from '../../show/visually-hidden.ts';
import { MONO } from '../../theme/theme.ts';
import { besideEachOther, diffLines, onlyDifferences, type DiffRow, type SideLine } from './line-diff.ts';

/** More rows than this are not drawn at once. */
const ROWS = 3000;

interface LineDiffProps {
  label: string;
  left: readonly string[];
  right: readonly string[];
  /** What the sides are called. */
  sides: { left: string; right: string };
  /** Equal lines too, not only the differences with a few of them around. */
  all: boolean;
}

/** Two texts side by side, line by line; on a small screen one under the other. */
export function LineDiff({ label, left, right, sides, all }: LineDiffProps) {
  const text = useText();
  const { rows, isAligned } = useMemo(() => {
    const aligned = diffLines(left, right);
    return { rows: aligned ?? besideEachOther(left, right), isAligned: aligned !== undefined };
  }, [left, right]);
  const shown = useMemo(() => (all ? rows : onlyDifferences(rows)), [rows, all]);
  if (rows.every(({ difference }) => difference === 'same') && !all) {
    return <Note>{text(rows.length === 0 ? 'compare.bothEmpty' : 'compare.same')}</Note>;
  }
  return (
    <>
      {!isAligned && <Note>{text('compare.notAligned')}</Note>}
      <Box component="table" aria-label={label} sx={TABLE}>
        <colgroup>
          <col style={{ width: 48 }} />
          <col />
          <col style={{ width: 48 }} />
          <col />
        </colgroup>
        <Box component="thead" sx={visuallyHidden}>
          <tr>
            <th scope="col">{text('compare.lineOf', { side: sides.left })}</th>
            <th scope="col">{sides.left}</th>
            <th scope="col">{text('compare.lineOf', { side: sides.right })}</th>
            <th scope="col">{sides.right}</th>
          </tr>
        </Box>
        <tbody>
          {shown.slice(0, ROWS).map((row, index) =>
            'skipped' in row ? (
              <tr key={index} className="gap">
                <td colSpan={4}>{text('compare.equalLines', { count: row.skipped })}</td>
              </tr>
            ) : (
              <Row key={index} row={row} />
            ),
          )}
        </tbody>
      </Box>
      {shown.length > ROWS && <Note>{text('compare.cut', { count: ROWS })}</Note>}
    </>
  );
}

function Row({ row: { difference, left, right } }: { row: DiffRow }) {
  const same = difference === 'same';
  return (
    <tr className={difference}>
      <Side line={left} sign={same ? undefined : '−'} className="left" />
      <Side line={right} sign={same ? undefined : '+'} className="right" />
    </tr>
  );
}

function Side({ line, sign, className }: { line: SideLine | undefined; sign: string | undefined; className: string }) {
  const text = useText();
  if (!line) {
    return (
      <>
        <td className={`${className} number none`} />
        <td className={`${className} none`} />
      </>
    );
  }
  return (
    <>
      <td className={`${className} number`}>{line.number}</td>
      <td className={className}>
        <span className="sign" aria-hidden>
          {sign ?? ' '}
        </span>
        {sign !== undefined && (
          <span style={visuallyHidden}>{text(sign === '−' ? 'difference.onlyLeft' : 'difference.onlyRight')} </span>
        )}
        {line.text}
      </td>
    </>
  );
}

function Note({ children }: { children: React.ReactNode }) {
  return <Box sx={{ px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>{children}</Box>;
}

const tinted = (name: 'bad' | 'good') => (theme: Theme) =>
  `color-mix(in srgb, ${theme.palette.state[name]} 11%, transparent)`;

const TABLE = {
  position: 'relative',
  width: '100%',
  borderCollapse: 'collapse',
  tableLayout: 'fixed',
  fontFamily: MONO,
  fontSize: '0.78rem',
  lineHeight: 1.55,
  bgcolor: 'sunken',
  '& td': { p: '0 8px', verticalAlign: 'top', whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' },
  '& td.number': { textAlign: 'right', color: 'text.secondary', userSelect: 'none' },
  '& td.right.number': { borderLeft: 1, borderColor: 'divider' },
  '& .sign': { userSelect: 'none', fontWeight: 700, mr: 1 },
  '& tr:not(.same) td.left:not(.none)': { bgcolor: tinted('bad') },
  '& tr:not(.same) td.right:not(.none)': { bgcolor: tinted('good') },
  '& tr.gap td': {
    textAlign: 'center',
    color: 'text.secondary',
    bgcolor: 'background.paper',
    py: 0.25,
    borderBlock: 1,
    borderColor: 'divider',
    fontFamily: 'inherit',
  },
  // One under the other: what is equal once, what differs left first.
  '@media (max-width: 599.95px)': {
    '&, & tbody, & tr, & td': { display: 'block' },
    '& td.number, & td.none, & tr.same td.right': { display: 'none' },
    '& td.right.number': { borderLeft: 0 },
  },
};
