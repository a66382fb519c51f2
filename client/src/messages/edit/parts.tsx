import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useEffect, useRef, type ReactNode } from 'react';

import { useText } from '../../i18n/use-text.ts';
import { Panel } from '../../show/Panel.tsx';

/** One part of a message on a sheet of its own. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  return (
    <Panel label={title} sx={{ mb: 2 }}>
      <Box
        sx={{
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          px: 2,
          py: 0.75,
          minHeight: 44,
          borderBottom: 1,
          borderColor: 'divider',
        }}
      >
        <Typography variant="h2" sx={{ flex: 1 }}>
          {title}
        </Typography>
        {actions}
      </Box>
      {children}
    </Panel>
  );
}

export function Note({ children }: { children: ReactNode }) {
  return <Box sx={{ px: 2, py: 1.5, fontSize: '0.8125rem', color: 'text.secondary' }}>{children}</Box>;
}

/** A step of the screen: it takes the focus when it comes, so that whoever cannot see it begins at its head too. */
export function Step({ children }: { children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
    document.documentElement.scrollTop = 0;
  }, []);
  return (
    <Box ref={place} tabIndex={-1} sx={{ outline: 'none !important' }}>
      {children}
    </Box>
  );
}

/** What became of a part of the message, in a word. */
export function ChangeWord({ change }: { change: 'added' | 'removed' | 'changed' | undefined }) {
  const text = useText();
  if (change === undefined) return null;
  return (
    <Box
      component="span"
      sx={{
        fontSize: '0.75rem',
        whiteSpace: 'nowrap',
        color: ({ palette: { state } }) => ({ added: state.good, removed: state.bad, changed: state.waiting })[change],
      }}
    >
      {text(`edit.change.${change}`)}
    </Box>
  );
}
