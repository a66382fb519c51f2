import MuiLink from '@mui/material/Link';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

interface AppLinkProps {
  to: string;
  children: ReactNode;
  label?: string | undefined;
  quiet?: boolean;
  state?: unknown;
  mono?: boolean;
}

/** A link inside the console. A click on it does not also click the row it is in. */
export function AppLink({ to, children, label, quiet = false, state }: AppLinkProps) {
  return (
    <MuiLink
      component={Link}
      to={to}
      state={state}
      aria-label={label}
      color={quiet ? 'inherit' : 'primary'}
      onClick={(event) => {
        event.stopPropagation();
      }}
      sx={{ overflowWrap: 'break-word' }}
    >
      {children}
    </MuiLink>
  );
}
