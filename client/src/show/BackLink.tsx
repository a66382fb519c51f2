import ArrowBack from '@mui/icons-material/ArrowBack';
import MuiLink from '@mui/material/Link';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

/** The way back to the list, above a page's title. */
export function BackLink({ to, children }: { to: string; children: ReactNode }) {
  return (
    <MuiLink
      component={Link}
      to={to}
      sx={{
        display: 'inline-flex',
        alignItems: 'center',
        gap: 0.5,
        // A finger finds it, too.
        minHeight: 24,
        fontSize: '0.75rem',
        color: 'text.secondary',
        mb: 0.25,
      }}
    >
      <ArrowBack aria-hidden sx={{ fontSize: '0.875rem' }} />
      {children}
    </MuiLink>
  );
}
