import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import type { CountedGroup } from '../../../server/contract/schemas/statistics.ts';
import { shortType } from '../messages/message-parts.tsx';
import { AppLink } from '../show/AppLink.tsx';

interface GroupRowProps {
  group: CountedGroup;
  to: string;
  /** How it moves, in words. */
  facts: ReactNode;
  picture?: ReactNode;
}

/** A group in two lines: what broke, and how it moves. The name leads to its messages. */
export function GroupRow({ group, to, facts, picture }: GroupRowProps) {
  return (
    <Box
      component="li"
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 2,
        px: 2,
        py: 1,
        borderTop: 1,
        borderColor: 'divider',
        fontSize: '0.8125rem',
      }}
    >
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Box sx={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap' }} title={group.message}>
          <AppLink to={to}>
            {group.errorType !== null && <strong>{shortType(group.errorType)} </strong>}
            {group.message}
          </AppLink>
        </Box>
        <Box sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {group.queue !== null && <span>{group.queue} · </span>}
          {facts}
        </Box>
      </Box>
      {picture !== undefined && (
        <Box sx={{ flex: 'none', color: (theme) => theme.palette.state.waiting }}>{picture}</Box>
      )}
    </Box>
  );
}
