import CallSplit from '@mui/icons-material/CallSplit';
import Help from '@mui/icons-material/HelpOutlineOutlined';
import Warning from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import type { ReactNode } from 'react';

import type { PreviewTarget } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { Mono } from '../../show/Mono.tsx';

/** So many queues are named; the rest is counted. */
const NAMED = 5;
/** What holds for all destinations alike is said once, below them. */
const SAID_ONCE: readonly PreviewTarget['routing'][] = ['notConfigured', 'notAnswered', 'brokerAway'];

/** Which queues get a copy at one destination, as RabbitMQ is bound now, and which of them did not fail on the message. */
export function DestinationRoute({ target }: { target: PreviewTarget | undefined }) {
  const text = useText();
  // A destination that does not exist is said loudly already.
  if (target === undefined || target.exists === false) return null;
  const { exchange, routingKey, queues, routing, count, failedInUnknown } = target;
  if (queues === undefined) {
    if (SAID_ONCE.includes(routing) || routing === 'known') return null;
    return <Line icon={Help}>{text('route.cannotTell', { why: text(`route.why.${routing}`) })}</Line>;
  }
  const isItsOwnName = exchange === '' && queues.length === 1 && queues[0] === routingKey;
  return (
    <>
      {queues.length > 0 && !isItsOwnName && (
        <Line icon={CallSplit}>
          {text('route.queues', { count: queues.length })} <QueueNames queues={queues} />
        </Line>
      )}
      {queues.length === 0 && routing === 'known' && (
        <Line icon={Warning} colour="bad">
          {text('route.none', { count })}
        </Line>
      )}
      <AlsoReaches target={target} />
      {failedInUnknown > 0 && queues.length > 1 && (
        <Line icon={Warning} colour="waiting">
          {text('route.failedInUnknown', { count: failedInUnknown })}
        </Line>
      )}
      {routing !== 'known' && (
        <Line icon={Help}>{text('route.perhapsMore', { why: text(`route.why.${routing}`) })}</Line>
      )}
    </>
  );
}

/** What cannot be told of any of these destinations, and why. */
export function UntoldRoutes({ targets }: { targets: readonly PreviewTarget[] }) {
  const text = useText();
  const causes = new Set(
    targets.filter(({ queues, exists }) => queues === undefined && exists !== false).map(({ routing }) => routing),
  );
  return (
    <>
      {[...causes].map((routing) =>
        routing !== 'known' && SAID_ONCE.includes(routing) ? (
          <Box key={routing} sx={{ mt: 0.75, fontSize: '0.8125rem' }}>
            <Line icon={Help}>{text('route.cannotTell', { why: text(`route.why.${routing}`) })}</Line>
          </Box>
        ) : null,
      )}
    </>
  );
}

/** The queues that the destinations which are only counted reach beyond those that failed: a warning is never left out. */
export function RestAlsoReaches({ targets }: { targets: readonly PreviewTarget[] }) {
  const queues = [...new Set(targets.flatMap(({ alsoReaches }) => alsoReaches))].sort();
  return <Also queues={queues} title="route.also" />;
}

/** Whoever sends it only past the queues that it failed in shall read that, and not "also". */
function AlsoReaches({ target: { alsoReaches, queues = [], failedIn } }: { target: PreviewTarget }) {
  const someGoBack = queues.some((queue) => failedIn.includes(queue));
  return <Also queues={alsoReaches} title={someGoBack ? 'route.also' : 'route.elsewhere'} />;
}

function Also({ queues, title }: { queues: readonly string[]; title: 'route.also' | 'route.elsewhere' }) {
  const text = useText();
  if (queues.length === 0) return null;
  return (
    <Line icon={Warning} colour="waiting">
      {text(title)} <QueueNames queues={queues} />
    </Line>
  );
}

function QueueNames({ queues }: { queues: readonly string[] }) {
  const text = useText();
  const more = queues.length - NAMED;
  return (
    <>
      <Mono wrap>{queues.slice(0, NAMED).join(', ')}</Mono>
      {more > 0 && ` ${text('route.moreQueues', { count: more })}`}
    </>
  );
}

interface LineProps {
  icon: typeof Warning;
  colour?: 'bad' | 'waiting';
  children: ReactNode;
}

/** The icon and the words say it; the colour only draws the eye. */
function Line({ icon: Icon, colour, children }: LineProps) {
  return (
    <Box
      sx={{
        display: 'flex',
        gap: 0.75,
        color: (theme: Theme) => (colour === undefined ? theme.palette.text.secondary : theme.palette.state[colour]),
      }}
    >
      <Icon aria-hidden sx={{ fontSize: '1rem', mt: '2px', flexShrink: 0 }} />
      <span>{children}</span>
    </Box>
  );
}
