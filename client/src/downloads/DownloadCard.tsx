import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import LinearProgress from '@mui/material/LinearProgress';
import Paper from '@mui/material/Paper';
import { useLocale } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { formatBytes } from '../show/numbers.ts';
import type { Download } from './use-downloads.ts';

interface DownloadCardProps {
  download: Download;
  onClose: () => void;
  onAgain: () => void;
}

/** One download: how far it is, or what became of it. */
export function DownloadCard({ download, onClose, onAgain }: DownloadCardProps) {
  const text = useText();
  const { state } = download;
  const isRunning = state.kind === 'running';
  const title = text(`exporting.${state.kind}`);
  return (
    <Paper elevation={6} role="group" aria-label={title} sx={{ p: 1.5, fontSize: '0.8125rem' }}>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 1 }}>
        {/* The count changes too often to be read out; that it is over is said. */}
        <Box component="strong" role="status" sx={{ flex: 1, fontWeight: 600 }}>
          {title}
        </Box>
        {isRunning ? (
          <Button size="small" color="inherit" onClick={onClose}>
            {text('common.cancel')}
          </Button>
        ) : (
          <IconButton size="small" aria-label={text('common.close')} onClick={onClose}>
            <Close fontSize="small" />
          </IconButton>
        )}
      </Box>
      <HowFar download={download} />
      {state.kind === 'saved' && (
        <Box sx={{ color: 'text.secondary' }}>{text('exporting.savedAs', { name: state.name })}</Box>
      )}
      {state.kind === 'failed' && (
        <>
          <FaultNotice error={state.error} meaning={text('exporting.nothingSaved')} />
          <Button size="small" variant="outlined" color="inherit" onClick={onAgain} sx={{ mt: 1 }}>
            {text('exporting.again')}
          </Button>
        </>
      )}
    </Paper>
  );
}

function HowFar({ download: { wanted, progress, state } }: { download: Download }) {
  const text = useText();
  const locale = useLocale();
  const { messages, bytes } = progress;
  const size = formatBytes(bytes, locale);
  const { total } = wanted;
  const isRunning = state.kind === 'running';
  const count =
    isRunning && total !== null
      ? text(wanted.counts === 'events' ? 'exporting.eventsOf' : 'exporting.messagesOf', { n: messages, total })
      : text(wanted.counts === 'events' ? 'exporting.events' : 'exporting.messages', { count: messages });
  return (
    <>
      <Box sx={{ fontVariantNumeric: 'tabular-nums', color: 'text.secondary' }}>
        {count} · {size}
      </Box>
      {isRunning && (
        <LinearProgress
          aria-label={count}
          sx={{ mt: 1, borderRadius: 1 }}
          {...(total === null || total === 0
            ? {}
            : { variant: 'determinate' as const, value: Math.min(100, (messages / total) * 100) })}
        />
      )}
    </>
  );
}
