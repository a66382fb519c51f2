import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import Tooltip from '@mui/material/Tooltip';
import { useLocale } from 'ra-core';
import type { ReactNode } from 'react';
import { useLocation } from 'react-router-dom';

import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { exactLocalTime } from '../show/times.ts';
import type { WayLeg } from './way-steps.ts';

/** So many times are in a tooltip, the latest. */
const TIMES = 10;

/** One way to the dead queue: each node is a link to what else was there, or a fact. */
export function WayPicture({ leg, arrives }: { leg: WayLeg; arrives: boolean }) {
  const text = useText();
  if (leg.deadQueue === null) {
    return <Box sx={{ color: 'text.secondary' }}>{text('timeline.diedElsewhere')}</Box>;
  }
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
        minWidth: { sm: 'min-content' },
      }}
    >
      <Node kind={text('way.exchange')}>
        {leg.exchange === null ? (
          text('way.unknownExchange')
        ) : leg.exchange === '' ? (
          text('way.defaultExchange')
        ) : (
          <AppLink quiet to={`/messages?status=all&exchange=${encodeURIComponent(leg.exchange)}`}>
            {leg.exchange}
          </AppLink>
        )}
      </Node>
      <Arrow title={otherKeys.length > 0 ? text('way.alsoKeys', { keys: otherKeys.join(', ') }) : undefined}>
        {key !== undefined && key !== '' && (
          <span>
            {key}
            {otherKeys.length > 0 && ` +${otherKeys.length}`}
          </span>
        )}
      </Arrow>
      <Node kind={text('way.queue')}>
        {leg.queue === null ? (
          text('way.unknownQueue')
        ) : (
          <AppLink quiet to={`/messages?status=all&queue=${encodeURIComponent(leg.queue)}`}>
            {leg.queue}
          </AppLink>
        )}
      </Node>
      <Arrow bad>
        <Deaths leg={leg} />
      </Arrow>
      <Node kind={text('way.deadQueue')}>
        <AppLink quiet to={`/messages?status=all&deadQueue=${encodeURIComponent(leg.deadQueue)}`}>
          {leg.deadQueue}
        </AppLink>
      </Node>
      {arrives && (
        <>
          <Arrow />
          <Box component="li" sx={{ fontWeight: 600, color: 'primary.main', whiteSpace: 'nowrap' }}>
            {text('way.here')}
          </Box>
        </>
      )}
    </Box>
  );
}

/** Why and how often it died on this way; the deaths themselves are one step away. */
function Deaths({ leg }: { leg: WayLeg }) {
  const text = useText();
  const locale = useLocale();
  const state: unknown = useLocation().state;
  const times = leg.arrivedAt.length;
  return (
    <Tooltip
      describeChild
      title={
        <Box component="span" sx={{ whiteSpace: 'pre-line' }}>
          {leg.arrivedAt
            .slice(-TIMES)
            .map((at) => exactLocalTime(new Date(at), locale))
            .join('\n')}
        </Box>
      }
    >
      <span>
        <AppLink quiet to="?tab=deaths" state={state}>
          {text(`reason.${leg.reason}`)}
          {times > 1 && ` ${text('way.times', { n: times })}`}
        </AppLink>
      </span>
    </Tooltip>
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
        py: 0.25,
        bgcolor: 'sunken',
        lineHeight: 1.35,
        whiteSpace: { sm: 'nowrap' },
        overflowWrap: 'anywhere',
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

function Arrow({ title, bad = false, children }: { title?: string | undefined; bad?: boolean; children?: ReactNode }) {
  return (
    <Box
      component="li"
      title={title}
      sx={{
        display: 'flex',
        alignItems: 'center',
        gap: 0.75,
        px: { xs: 1.5, sm: 0.75 },
        minHeight: { xs: 30, sm: 0 },
        color: (theme) => (bad ? theme.palette.state.bad : theme.palette.text.secondary),
        whiteSpace: { sm: 'nowrap' },
        overflowWrap: 'anywhere',
      }}
    >
      <Box component="span" aria-hidden sx={{ display: { sm: 'none' } }}>
        ↓
      </Box>
      <Line />
      {bad && <Close aria-hidden sx={{ fontSize: '0.95rem', mx: -0.5 }} />}
      {children}
      {Boolean(children) && <Line />}
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
