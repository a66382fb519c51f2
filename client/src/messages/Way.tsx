import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Panel } from '../show/Panel.tsx';
import { wayLegs, type WayLeg } from './way-steps.ts';

/** The way it took as a picture: exchange, queue, ✕, dead queue, here; a line for each different way. */
export function Way({ message }: { message: MessageDetail }) {
  const text = useText();
  const deaths = [...message.deaths].sort((one, other) => one.arrivedAt.localeCompare(other.arrivedAt));
  const legs = wayLegs(deaths).slice(-3);
  if (legs.length === 0) return null;
  return (
    <Panel label={text('way.title')} sx={{ px: 2, py: 1.5, mb: 2, display: 'grid', gap: 1.25, overflowX: 'auto' }}>
      {legs.map((leg, index) => (
        <Leg key={index} leg={leg} arrives={index === legs.length - 1} />
      ))}
    </Panel>
  );
}

function Leg({ leg, arrives }: { leg: WayLeg; arrives: boolean }) {
  const text = useText();
  const [key, ...otherKeys] = leg.routingKeys;
  return (
    <Box
      component="ol"
      sx={{
        listStyle: 'none',
        m: 0,
        p: 0,
        display: 'flex',
        flexDirection: { xs: 'column', sm: 'row' },
        alignItems: { xs: 'flex-start', sm: 'center' },
        gap: { xs: 0.25, sm: 0 },
        fontSize: '0.8125rem',
        minWidth: 'min-content',
      }}
    >
      <Node kind={text('way.exchange')}>
        {leg.exchange === null
          ? text('way.unknownExchange')
          : leg.exchange === ''
            ? text('way.defaultExchange')
            : leg.exchange}
      </Node>
      <Arrow
        label={key}
        title={otherKeys.length > 0 ? text('way.alsoKeys', { keys: otherKeys.join(', ') }) : undefined}
        more={otherKeys.length}
      />
      <Node kind={text('way.queue')}>
        {leg.queue === null ? (
          text('way.unknownQueue')
        ) : (
          <AppLink quiet to={`/messages?queue=${encodeURIComponent(leg.queue)}`}>
            {leg.queue}
          </AppLink>
        )}
      </Node>
      <Arrow
        bad
        label={`${text(`reason.${leg.reason}`)}${leg.times > 1 ? ` ${text('way.times', { n: leg.times })}` : ''}`}
      />
      <Node kind={text('way.deadQueue')}>
        <AppLink quiet to={`/messages?deadQueue=${encodeURIComponent(leg.deadQueue)}`}>
          {leg.deadQueue}
        </AppLink>
      </Node>
      {arrives && (
        <>
          <Arrow />
          <Box component="li" sx={{ fontWeight: 600, color: 'primary.main' }}>
            {text('way.here')}
          </Box>
        </>
      )}
    </Box>
  );
}

function Node({ kind, children }: { kind: string; children: ReactNode }) {
  return (
    <Box
      component="li"
      sx={{
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
        px: 1.25,
        py: 0.375,
        bgcolor: 'sunken',
        lineHeight: 1.35,
        whiteSpace: 'nowrap',
      }}
    >
      <Box component="span" sx={{ display: 'block', fontSize: '0.6875rem', color: 'text.secondary' }}>
        {kind}
      </Box>
      <Box component="span" sx={{ fontWeight: 550 }}>
        {children}
      </Box>
    </Box>
  );
}

interface ArrowProps {
  label?: string | undefined;
  title?: string | undefined;
  more?: number;
  bad?: boolean;
}

function Arrow({ label, title, more = 0, bad = false }: ArrowProps) {
  return (
    <Box
      component="li"
      title={title}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 0.75,
        px: { xs: 1.5, sm: 0.75 },
        color: (theme) => (bad ? theme.palette.state.bad : theme.palette.text.secondary),
        whiteSpace: 'nowrap',
      }}
    >
      <Box component="span" aria-hidden sx={{ display: { sm: 'none' } }}>
        ↓
      </Box>
      <Line />
      {bad && <Close aria-hidden sx={{ fontSize: '0.95rem', mx: -0.5 }} />}
      {label !== undefined && label !== '' && (
        <span>
          {label}
          {more > 0 && ` +${more}`}
        </span>
      )}
      {label !== undefined && label !== '' && <Line />}
      <Box component="span" aria-hidden sx={{ ml: -1.25, fontSize: '0.75rem', display: { xs: 'none', sm: 'inline' } }}>
        ▶
      </Box>
    </Box>
  );
}

function Line() {
  return (
    <Box
      component="span"
      aria-hidden
      sx={{
        display: { xs: 'none', sm: 'inline-block' },
        width: 16,
        height: '1px',
        bgcolor: 'currentColor',
        opacity: 0.5,
      }}
    />
  );
}
