import type { SxProps, Theme } from '@mui/material/styles';

/** A table whose rows become little blocks on a small screen, in place of a table that must be pushed sideways. */
export const STACKING: SxProps<Theme> = {
  '& th': { color: 'text.secondary' },
  '& td': { verticalAlign: 'top' },
  '& tbody tr:last-child td': { borderBottom: 0 },
  '@media (max-width: 599.95px)': {
    '&, & tbody': { display: 'block' },
    '& thead': { display: 'none' },
    '& tr': {
      display: 'flex',
      flexWrap: 'wrap',
      columnGap: 1.5,
      px: 1.5,
      py: 1,
      borderBottom: 1,
      borderColor: 'divider',
    },
    '& tbody tr:last-child': { borderBottom: 0 },
    '& td': {
      border: 0,
      p: '1px 0',
      minWidth: 0,
      maxWidth: 'none',
      width: 'auto',
      whiteSpace: 'normal',
      overflowWrap: 'anywhere',
    },
    '& td:empty': { display: 'none' },
    '& td.wide': { flexBasis: '100%' },
    // Room for a finger.
    '& td a': { display: 'inline-block', py: '3px' },
  },
};
