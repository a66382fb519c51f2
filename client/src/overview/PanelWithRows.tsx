import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { Panel } from '../show/Panel.tsx';

interface PanelWithRowsProps {
  title: string;
  /** What the numbers mean. */
  hint?: string;
  /** Stands where there are no rows. */
  empty: string;
  more?: ReactNode;
  children: ReactNode[];
}

/** A short list on the start page. */
export function PanelWithRows({ title, hint, empty, more, children }: PanelWithRowsProps) {
  return (
    <Panel label={title}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'baseline', columnGap: 1.5, px: 2, py: 1.25 }}>
        <Typography variant="h2">{title}</Typography>
        {hint !== undefined && (
          <Typography variant="caption" color="text.secondary">
            {hint}
          </Typography>
        )}
        {more !== undefined && <Box sx={{ ml: 'auto', fontSize: '0.8125rem' }}>{more}</Box>}
      </Box>
      {children.length === 0 ? (
        <Box
          sx={{ px: 2, py: 2, borderTop: 1, borderColor: 'divider', fontSize: '0.8125rem', color: 'text.secondary' }}
        >
          {empty}
        </Box>
      ) : (
        <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
          {children}
        </Box>
      )}
    </Panel>
  );
}
