import { useLocation } from 'react-router-dom';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Panel } from '../show/Panel.tsx';
import { useTimeline } from '../timeline/use-timeline.ts';
import { WayActs } from './WayActs.tsx';
import { WayPicture } from './WayPicture.tsx';
import { wayLegs, type WayLeg } from './way-steps.ts';

/** So many ways and acts are drawn, the latest; those before them are in the timeline. */
const LEGS = 3;
const ACTS = 4;

/** The way it took as a picture: exchange, queue, ✕, dead queue, here; and each act on it with what became of it. */
export function Way({ message }: { message: MessageDetail }) {
  const text = useText();
  const state: unknown = useLocation().state;
  const timeline = useTimeline(message.id);
  const deaths = [...message.deaths].sort((one, other) => one.arrivedAt.localeCompare(other.arrivedAt));
  const legs = wayLegs(deaths, timeline.data?.data);
  const shown = legs.slice(-LEGS).map((leg) => ({ ...leg, acts: leg.acts.slice(-ACTS) }));
  const left = countSteps(legs) - countSteps(shown);
  if (legs.length === 0) return null;
  return (
    <Panel
      label={text('way.title')}
      sx={{ px: 2, py: 1.25, mb: 2, display: 'grid', gap: 1, overflowX: 'auto', fontSize: '0.8125rem' }}
    >
      {left > 0 && (
        <AppLink to="?tab=timeline" state={state}>
          {text('way.earlier', { count: left })}
        </AppLink>
      )}
      {shown.map((leg, index) => (
        <div key={index}>
          <WayPicture leg={leg} arrives={index === shown.length - 1} />
          <WayActs leg={leg} isResent={message.status === 'resent'} />
        </div>
      ))}
    </Panel>
  );
}

function countSteps(legs: readonly WayLeg[]): number {
  return legs.reduce((count, { acts }) => count + 1 + acts.length, 0);
}
