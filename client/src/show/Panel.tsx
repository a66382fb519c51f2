import Paper from '@mui/material/Paper';
import type { SxProps, Theme } from '@mui/material/styles';
import type { ReactNode } from 'react';

/** A sheet on the ground of the screen. */
export function Panel({ children, sx = {}, label }: { children: ReactNode; sx?: SxProps<Theme>; label?: string }) {
  return (
    <Paper
      component="section"
      aria-label={label}
      variant="outlined"
      sx={[{ overflow: 'clip' }, ...(Array.isArray(sx) ? (sx as SxProps<Theme>[]) : [sx])] as SxProps<Theme>}
    >
      {children}
    </Paper>
  );
}
