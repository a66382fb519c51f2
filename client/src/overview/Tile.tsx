import Box from '@mui/material/Box';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

import { Panel } from '../show/Panel.tsx';

interface TileProps {
  name: string;
  value: string;
  to: string;
  children: ReactNode;
}

/** One of the numbers on the start page. The whole of it leads to what was counted. */
export function Tile({ name, value, to, children }: TileProps) {
  return (
    <Panel>
      <Box
        component={Link}
        to={to}
        sx={{
          display: 'block',
          height: '100%',
          px: 2,
          py: 1.5,
          color: 'inherit',
          textDecoration: 'none',
          '&:hover': { bgcolor: 'action.hover' },
          '&:focus-visible': { outlineOffset: '-2px' },
        }}
      >
        <Box component="span" sx={{ display: 'block', fontSize: '0.8125rem', color: 'text.secondary' }}>
          {name}
        </Box>{' '}
        <Box
          component="span"
          sx={{ display: 'block', fontSize: '1.75rem', fontWeight: 650, lineHeight: 1.25, letterSpacing: '-0.02em' }}
        >
          {value}
        </Box>{' '}
        <Box component="span" sx={{ display: 'block', fontSize: '0.75rem', lineHeight: 1.6, color: 'text.secondary' }}>
          {children}
        </Box>
      </Box>
    </Panel>
  );
}
