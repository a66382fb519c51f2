import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { SvgIconComponent } from '@mui/icons-material';
import type { ReactNode } from 'react';

interface QuietStateProps {
  icon: SvgIconComponent;
  title: string;
  text?: ReactNode;
  action?: ReactNode;
  /** Below the text, in smaller letters. */
  note?: ReactNode;
  /** Announced at once by screen readers: for errors. */
  alert?: boolean;
}

/** What stands where rows would: why there is nothing, and what can be done. */
export function QuietState({ icon: Icon, title, text, note, action, alert = false }: QuietStateProps) {
  return (
    <Box
      role={alert ? 'alert' : undefined}
      sx={{
        display: 'flex',
        flexDirection: 'column',
        alignItems: 'center',
        textAlign: 'center',
        px: 3,
        py: { xs: 6, sm: 8 },
      }}
    >
      <Icon aria-hidden sx={{ fontSize: 34, color: 'text.disabled', mb: 1.5 }} />
      <Typography variant="h2" component="p">
        {title}
      </Typography>
      {text !== undefined && (
        <Typography variant="body2" component="div" color="text.secondary" sx={{ mt: 0.5, maxWidth: 460 }}>
          {text}
        </Typography>
      )}
      {note !== undefined && (
        <Typography variant="caption" component="div" color="text.secondary" sx={{ mt: 1, maxWidth: 460 }}>
          {note}
        </Typography>
      )}
      {action !== undefined && <Box sx={{ mt: 2 }}>{action}</Box>}
    </Box>
  );
}
