import ChevronLeft from '@mui/icons-material/ChevronLeft';
import ChevronRight from '@mui/icons-material/ChevronRight';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Tooltip from '@mui/material/Tooltip';
import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation, useNavigate } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { useShortcut } from '../keyboard/use-shortcut.ts';
import { BackLink } from '../show/BackLink.tsx';
import { readTrail, useNeighbours, type Neighbour } from './list-trail.ts';

/** The way back to the list as it was, and to the messages before and after in it: by `k` and `j` too. */
export function Neighbours({ id }: { id: string }) {
  const text = useText();
  const navigate = useNavigate();
  const state: unknown = useLocation().state;
  const trail = readTrail(state);
  const { previous, next, isInList } = useNeighbours(trail, id);
  const open = (neighbour: Neighbour | undefined) => {
    if (neighbour) void navigate(`/messages/${neighbour.id}`, { state: neighbour.trail });
  };
  useShortcut('j', () => {
    open(next);
  });
  useShortcut('k', () => {
    open(previous);
  });
  return (
    <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', minHeight: 28 }}>
      <BackLink to={`/messages${trail?.search ?? ''}`}>
        {text(trail ? 'messages.backToList' : 'messages.title')}
      </BackLink>
      {isInList && (
        <Box component="nav" aria-label={text('messages.neighbours')}>
          <Step
            by="previous"
            to={previous}
            isHere={steppedBy(state) === 'previous'}
            label={text('messages.previousMessage')}
            shortcut="k"
            icon={<ChevronLeft fontSize="small" />}
          />
          <Step
            by="next"
            to={next}
            isHere={steppedBy(state) === 'next'}
            label={text('messages.nextMessage')}
            shortcut="j"
            icon={<ChevronRight fontSize="small" />}
          />
        </Box>
      )}
    </Box>
  );
}

type Direction = 'previous' | 'next';

function steppedBy(state: unknown): unknown {
  return typeof state === 'object' && state !== null && 'by' in state ? state.by : undefined;
}

interface StepProps {
  by: Direction;
  to: Neighbour | undefined;
  /** This link was pressed on the message before: the focus stays on it, so that it can be pressed again. */
  isHere: boolean;
  label: string;
  shortcut: string;
  icon: ReactNode;
}

function Step({ by, to, isHere, label, shortcut, icon }: StepProps) {
  const link = useRef<HTMLAnchorElement>(null);
  const isThere = to !== undefined;
  useEffect(() => {
    if (isHere && isThere && document.activeElement === document.body) link.current?.focus();
  }, [isHere, isThere]);
  if (!to) {
    return (
      <IconButton size="small" disabled aria-label={label}>
        {icon}
      </IconButton>
    );
  }
  return (
    <Tooltip title={`${label} (${shortcut})`}>
      <IconButton
        ref={link}
        size="small"
        aria-label={label}
        aria-keyshortcuts={shortcut}
        component={Link}
        to={`/messages/${to.id}`}
        state={{ ...to.trail, by }}
      >
        {icon}
      </IconButton>
    </Tooltip>
  );
}
