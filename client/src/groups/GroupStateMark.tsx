import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import { GROUP_LOOKS } from '../show/marks.ts';
import { Time } from '../show/Time.tsx';

const SLOT = '\u0000';

type Stated = Pick<GroupRow, 'state' | 'snoozedUntil' | 'regressedAt' | 'resolvedAt'>;

/** The state of a group, with the time that belongs to it. */
export function GroupStateMark({ group, bold = false }: { group: Stated; bold?: boolean }) {
  const text = useText();
  const { state } = group;
  const at = state === 'snoozed' ? group.snoozedUntil : state === 'regressed' ? group.regressedAt : null;
  const since = text(state === 'snoozed' ? 'groups.snoozedAt' : 'groups.regressedAt', { time: SLOT });
  const [before = '', after = ''] = since.split(SLOT);
  return (
    <>
      <Mark
        bold={bold}
        look={GROUP_LOOKS[state]}
        label={text(`groupState.${state}`)}
        means={text(`groupStateMeans.${state}`)}
      />
      {at !== null && (
        <small style={{ display: 'block', opacity: 0.8, whiteSpace: 'nowrap' }}>
          {before}
          <Time at={at} show={state === 'regressed' ? 'ago' : 'short'} />
          {after}
        </small>
      )}
    </>
  );
}
