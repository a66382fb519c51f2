import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';

import type { Look } from './marks.ts';

interface MarkProps {
  look: Look;
  label: string;
  /** What the state means for the messages; shown on hover. */
  means?: string | undefined;
  bold?: boolean;
}

/** A state: its shape, its colour and its word together. */
export function Mark({ look, label, means, bold = false }: MarkProps) {
  const Icon = look.icon;
  const mark = (
    <Box
      component="span"
      sx={{
        display: 'inline-flex',
        verticalAlign: 'bottom',
        alignItems: 'center',
        gap: 0.75,
        whiteSpace: 'nowrap',
        fontWeight: bold ? 600 : 'inherit',
        color: (theme) => theme.palette.state[look.colour],
      }}
    >
      <Icon aria-hidden sx={{ fontSize: label.length > 0 ? '0.9rem' : '1rem' }} />
      <span>{label}</span>
    </Box>
  );
  if (means === undefined) return mark;
  return (
    <Tooltip describeChild title={means} enterDelay={400}>
      {mark}
    </Tooltip>
  );
}
