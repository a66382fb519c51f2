import MuiLink from '@mui/material/Link';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';

interface AppLinkProps {
  to: string;
  children: ReactNode;
  label?: string | undefined;
  quiet?: boolean;
  /** Within a sentence: colour alone would not tell it from the words around it. */
  inText?: boolean;
  state?: unknown;
  mono?: boolean;
}

/** A link inside the console. A click on it does not also click the row it is in. */
export function AppLink({ to, children, label, quiet = false, inText = false, state }: AppLinkProps) {
  return (
    <MuiLink
      component={Link}
      to={to}
      state={state}
      aria-label={label}
      color={quiet ? 'inherit' : 'primary'}
      underline={inText ? 'always' : 'hover'}
      onClick={(event) => {
        event.stopPropagation();
      }}
      sx={{ overflowWrap: 'break-word' }}
    >
      {children}
    </MuiLink>
  );
}
