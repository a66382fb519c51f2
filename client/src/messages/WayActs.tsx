import Close from '@mui/icons-material/Close';
import Hourglass from '@mui/icons-material/HourglassEmpty';
import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import { STATUS_LOOKS, type Look } from '../show/marks.ts';
import { OutcomeMark } from '../show/OutcomeMark.tsx';
import { Time } from '../show/Time.tsx';
import { itemErrorText } from '../timeline/event-words.ts';
import { OperationRef } from '../timeline/OperationRef.tsx';
import type { WayAct, WayLeg } from './way-steps.ts';

const CAME_BACK: Look = { icon: Close, colour: 'bad' };
const WAITS: Look = { icon: Hourglass, colour: 'quiet' };
/** As long as a quoted reason is shown here; the whole of it is in the timeline. */
const REASON = 80;

interface WayActsProps {
  leg: WayLeg;
  /** It was resent, and nobody can say yet that it will not come back. */
  isResent: boolean;
}

/** What was done to it after it died on this way, a line each: who, when, which operation, and that it came back. */
export function WayActs({ leg, isResent }: WayActsProps) {
  const text = useText();
  if (leg.acts.length === 0) return null;
  return (
    <Box component="ul" aria-label={text('way.acts')} sx={{ listStyle: 'none', m: 0, mt: 0.75, p: 0, pl: 0.75 }}>
      {leg.acts.map((act, index) => (
        <Box
          key={`${act.operationId ?? ''} ${index}`}
          component="li"
          sx={{
            display: 'flex',
            flexWrap: 'wrap',
            alignItems: 'center',
            columnGap: 1,
            lineHeight: 1.6,
            position: 'relative',
            pl: 2.25,
            // └
            '&::before': {
              content: '""',
              position: 'absolute',
              left: 0,
              top: -3,
              height: 14,
              width: 11,
              borderLeft: 1,
              borderBottom: 1,
              borderColor: 'text.disabled',
              borderBottomLeftRadius: 3,
            },
          }}
        >
          <Act act={act} leg={leg} />
          <Became act={act} isOpen={isResent && index === leg.acts.length - 1} />
        </Box>
      ))}
    </Box>
  );
}

function Act({ act: { entry, operationId }, leg }: { act: WayAct; leg: WayLeg }) {
  const text = useText();
  const link = <OperationRef id={operationId} />;
  if (!entry) return link;
  const { action, actor, outcome, exchange, routingKey, reason, error } = entry;
  const isElsewhere =
    action === 'resend' &&
    exchange !== null &&
    (exchange !== leg.exchange || (routingKey !== null && !leg.routingKeys.includes(routingKey)));
  return (
    <>
      <strong>{text('timeline.operation', { action: text(`action.${action}`), actor })}</strong>
      <Quiet>
        <Time at={entry.at} />
      </Quiet>
      {link}
      {isElsewhere && (
        <Quiet>
          {text('way.sentTo', {
            to: `${exchange === '' ? text('way.defaultExchange') : exchange} / ${routingKey ?? ''}`,
          })}
        </Quiet>
      )}
      {reason !== null && (
        <Quiet>
          {text('timeline.quote', { text: reason.length > REASON ? `${reason.slice(0, REASON)}…` : reason })}
        </Quiet>
      )}
      {outcome === null ? (
        <Mark look={STATUS_LOOKS.resending} label={text('timeline.waiting')} />
      ) : (
        <OutcomeMark outcome={outcome} />
      )}
      {error !== null && <Quiet>{itemErrorText(error, text)}</Quiet>}
    </>
  );
}

/** How a resend went on. */
function Became({ act: { cameBackAt, settledAt, entry }, isOpen }: { act: WayAct; isOpen: boolean }) {
  const text = useText();
  if (cameBackAt !== undefined) {
    return (
      <Then>
        <Mark bold look={CAME_BACK} label={text('way.cameBack')} />
        <Time at={cameBackAt} />
      </Then>
    );
  }
  if (settledAt !== undefined) {
    return (
      <Then>
        <Mark look={STATUS_LOOKS.settled} label={text('way.settled')} />
        <Time at={settledAt} />
      </Then>
    );
  }
  if (!isOpen || entry?.outcome !== 'confirmed') return null;
  return (
    <Then>
      <Mark look={WAITS} label={text('way.notBackYet')} />
    </Then>
  );
}

function Then({ children }: { children: ReactNode }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1 }}>
      <Box component="span" aria-hidden sx={{ color: 'text.secondary' }}>
        ─▶
      </Box>
      {children}
    </Box>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return (
    <Box component="span" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
      {children}
    </Box>
  );
}
