import type { Overview } from '../../../server/contract/schemas/statistics.ts';
import { useText } from '../i18n/use-text.ts';
import { GroupRow } from './GroupRow.tsx';
import { messagesAt } from './message-addresses.ts';
import { PanelWithRows } from './PanelWithRows.tsx';

/** What was resent in vain today, by group. */
export function CameBackGroups({ cameBack: { since, groups } }: { cameBack: Overview['cameBack'] }) {
  const text = useText();
  return (
    <PanelWithRows title={text('overview.cameBack')} empty={text('overview.noneCameBack')}>
      {groups.map(({ group, cameBack, resent }) => (
        <GroupRow
          key={group.id}
          group={group}
          // A message that came back has died twice at least.
          to={messagesAt({ status: 'all', groupId: group.id, minFailureCount: '2', failedAfter: since })}
          facts={text('overview.resentCameBack', { resent, cameBack })}
        />
      ))}
    </PanelWithRows>
  );
}
