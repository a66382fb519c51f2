import { useLocale } from 'ra-core';

import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { Sparkline } from '../show/Sparkline.tsx';
import { minuteTime } from '../show/times.ts';
import { useNow } from '../show/use-now.ts';
import { GroupRow } from './GroupRow.tsx';
import { messagesAt } from './message-addresses.ts';
import { PanelWithRows } from './PanelWithRows.tsx';
import { roundedRate } from './rounded-rate.ts';

const HOURS_BEFORE = 24;

/** The groups that fail more often than they did, each with its last 24 hours. */
export function GrowingGroups({ growing: { since, groups } }: { growing: Overview['growing'] }) {
  const text = useText();
  const locale = useLocale();
  const now = useNow();
  const time = minuteTime(new Date(since), now, locale);
  return (
    <PanelWithRows
      title={text('overview.growing')}
      hint={text('overview.growingHint', { time })}
      empty={text('overview.noneGrows')}
    >
      {groups.map(({ group, recent, before, sparkline }) => (
        <GroupRow
          key={group.id}
          group={group}
          to={messagesAt({ groupId: group.id })}
          facts={[
            text('overview.recent', { count: recent, time }),
            before === 0
              ? text('overview.noneBefore')
              : text('overview.before', { rate: roundedRate(before / HOURS_BEFORE, locale) }),
          ].join(' · ')}
          picture={
            <Sparkline
              values={sparkline}
              label={text('overview.sparkline', {
                count: sparkline.reduce((sum, count) => sum + count, 0),
                most: Math.max(0, ...sparkline),
              })}
            />
          }
        />
      ))}
    </PanelWithRows>
  );
}
