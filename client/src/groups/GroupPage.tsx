import MailOutline from '@mui/icons-material/MailOutline';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { Link, Navigate, useParams } from 'react-router-dom';

import type { Group } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { useRunningOperations } from '../operations/operation-queries.ts';
import { useBlocked } from '../session/use-user.ts';
import { BackLink } from '../show/BackLink.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { messagesPath, operationsOf } from './group-acts.ts';
import { GroupActs } from './GroupActs.tsx';
import { GroupFigures } from './GroupFigures.tsx';
import { groupName, GroupName } from './GroupName.tsx';
import { GroupOperation } from './GroupOperation.tsx';
import { GroupParts } from './GroupParts.tsx';
import { GroupTriage } from './GroupTriage.tsx';
import { useGroup } from './use-group.ts';

/** One group: how bad it is, who is on it, and what it is made of. */
export function GroupPage() {
  const text = useText();
  const { id = '' } = useParams();
  const { data: group, error, refetch } = useGroup(id);
  const back = <BackLink to="/groups">{text('groups.title')}</BackLink>;
  if (!group) {
    return (
      <>
        <PageHeader before={back} title={text('groups.one', { id })} />
        <Panel>{error ? <FaultState error={error} onRetry={() => void refetch()} /> : <Lines />}</Panel>
      </>
    );
  }
  // It was merged into another one: that is where it is now.
  if (group.id !== id) return <Navigate replace to={`/groups/${group.id}`} />;
  return <Shown key={group.id} group={group} back={back} />;
}

function Shown({ group, back }: { group: Group; back: React.ReactNode }) {
  const text = useText();
  const running = operationsOf({ groupIds: [group.id], filter: group.filter }, useRunningOperations());
  const name = groupName(group, text);
  const messages = messagesPath(group);
  const mayNot = useBlocked('groups.edit');
  const blocked = mayNot ?? (group.isWhole ? undefined : text('groups.partlyUnseen'));
  return (
    <>
      <PageHeader
        before={back}
        title={<GroupName group={group} />}
        tabTitle={name}
        actions={
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 0.5 }}>
            {messages !== null && (
              <Button
                component={Link}
                to={messages}
                variant="outlined"
                color="inherit"
                startIcon={<MailOutline aria-hidden />}
              >
                {text('groups.toMessages')}
              </Button>
            )}
            <GroupActs main group={group} name={name} />
          </Box>
        }
      />
      {running.length > 0 && (
        <Panel sx={{ px: 2, py: 1.25, mb: 2 }}>
          {running.map((operation) => (
            <GroupOperation key={operation.id} operation={operation} />
          ))}
        </Panel>
      )}
      <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { md: 'minmax(0, 3fr) minmax(0, 2fr)' }, mb: 2 }}>
        <Panel sx={{ p: 2 }}>
          <GroupFigures group={group} />
        </Panel>
        <Panel sx={{ p: 2 }} label={text('groups.triage')}>
          <GroupTriage group={group} blocked={blocked} />
        </Panel>
      </Box>
      <GroupParts group={group} blocked={blocked} />
    </>
  );
}
