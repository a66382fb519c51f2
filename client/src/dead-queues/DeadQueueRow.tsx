import DeleteOutline from '@mui/icons-material/DeleteOutline';
import Settings from '@mui/icons-material/SettingsOutlined';
import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useLocale } from 'ra-core';
import type { ReactNode } from 'react';

import type { DeadQueue } from '../../../server/contract/schemas/dead-queues.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { GatedButton } from '../show/GatedButton.tsx';
import { Mark } from '../show/Mark.tsx';
import { WATCH_LOOKS } from '../show/marks.ts';
import { formatNumber } from '../show/numbers.ts';
import { Time } from '../show/Time.tsx';
import { QueueWarnings } from './QueueWarnings.tsx';

interface DeadQueueRowProps {
  queue: DeadQueue;
  blocked: string | undefined;
  onSettings: () => void;
  onRemove: () => void;
}

/** One dead queue: how watching goes, what waits in RabbitMQ, what waits here, and what is not as it should be. */
export function DeadQueueRow({ queue, blocked, onSettings, onRemove }: DeadQueueRowProps) {
  const text = useText();
  const locale = useLocale();
  const number = (value: number | null) => (value === null ? '–' : formatNumber(value, locale));
  return (
    <Box
      component="article"
      aria-label={queue.name}
      sx={{ px: 2, py: 1.5, borderBottom: 1, borderColor: 'divider', '&:last-child': { borderBottom: 0 } }}
    >
      <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, rowGap: 0.5 }}>
        <Typography variant="h2" sx={{ overflowWrap: 'anywhere' }}>
          {queue.name}{' '}
          <Box component="span" sx={{ fontWeight: 400, fontSize: '0.8125rem', color: 'text.secondary' }}>
            {queue.type === null ? queue.broker : `${queue.broker} · ${queue.type}`}
          </Box>
        </Typography>
        <Box sx={{ fontSize: '0.8125rem' }}>
          <Mark bold look={WATCH_LOOKS[queue.state]} label={text(`watch.${queue.state}`)} />
          {queue.since !== null && (
            <Box component="span" sx={{ color: 'text.secondary', ml: 1 }}>
              <Time at={queue.since} show="clock" />
            </Box>
          )}
        </Box>
        <Box sx={{ ml: 'auto', display: 'flex', gap: 0.5 }}>
          <GatedButton
            blocked={blocked}
            color="inherit"
            startIcon={<Settings aria-hidden />}
            onClick={onSettings}
            aria-label={text('deadQueues.settingsButton', { name: queue.name })}
          >
            {text('deadQueues.settings')}
          </GatedButton>
          <GatedButton blocked={blocked} color="inherit" startIcon={<DeleteOutline aria-hidden />} onClick={onRemove}>
            {text('common.remove')}
          </GatedButton>
        </Box>
      </Box>
      <Typography variant="body2" color="text.secondary">
        {text(`watchMeans.${queue.state}`)}
      </Typography>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1, mt: 1 }}>
        <Figure name={text('column.depth')} title={queue.depth === null ? text('deadQueues.notAsked') : undefined}>
          {number(queue.depth)}
        </Figure>
        <Figure name={text('column.pending')}>
          <AppLink to={`/messages?deadQueue=${encodeURIComponent(queue.name)}`}>{number(queue.pending)}</AppLink>
        </Figure>
        <Figure
          name={text('column.consumers')}
          title={queue.consumers === null ? text('deadQueues.notAsked') : undefined}
        >
          {number(queue.consumers)}
        </Figure>
        <Figure name={text('column.lastMessageAt')}>
          {queue.lastMessageAt === null ? text('deadQueues.never') : <Time at={queue.lastMessageAt} show="clock" />}
        </Figure>
      </Box>
      <QueueWarnings warnings={queue.warnings} />
      {queue.lastError !== null && queue.state !== 'consuming' && (
        <Box sx={{ mt: 1, fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
          <Box component="span" sx={{ color: 'text.secondary' }}>
            {text('deadQueues.lastError')}:{' '}
          </Box>
          {queue.lastError}
        </Box>
      )}
      {queue.watches.length > 1 && (
        <Box
          sx={{
            mt: 1,
            display: 'flex',
            flexWrap: 'wrap',
            columnGap: 2.5,
            fontSize: '0.75rem',
            color: 'text.secondary',
          }}
        >
          {queue.watches.map((watch) => (
            <span key={watch.instanceId}>
              {text('deadQueues.instance', { id: watch.instanceId })}:{' '}
              <Mark look={WATCH_LOOKS[watch.state]} label={text(`watch.${watch.state}`)} />
            </span>
          ))}
        </Box>
      )}
    </Box>
  );
}

function Figure({ name, title, children }: { name: string; title?: string | undefined; children: ReactNode }) {
  return (
    <Box title={title} sx={{ minWidth: 96 }}>
      <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>{name}</Box>
      <Box sx={{ fontSize: '0.9375rem', fontWeight: 600 }}>{children}</Box>
    </Box>
  );
}
