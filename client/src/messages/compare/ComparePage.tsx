import CompareArrows from '@mui/icons-material/CompareArrows';
import Box from '@mui/material/Box';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import { useSearchParams } from 'react-router-dom';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { AppLink } from '../../show/AppLink.tsx';
import { BackLink } from '../../show/BackLink.tsx';
import { FaultState } from '../../show/FaultState.tsx';
import { Lines } from '../../show/Lines.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { Panel } from '../../show/Panel.tsx';
import { QuietState } from '../../show/QuietState.tsx';
import { StatusMark } from '../../show/StatusMark.tsx';
import { Time } from '../../show/Time.tsx';
import { Headline } from '../Headline.tsx';
import { OrderLinks } from '../OrderLinks.tsx';
import { CompareSections } from './CompareSections.tsx';

/** Two messages side by side: what each says, and where they differ. Both stand in the address. */
export function ComparePage() {
  const text = useText();
  const [search, setSearch] = useSearchParams();
  const [leftId, rightId] = [idOf(search.get('left')), idOf(search.get('right'))];
  const left = useMessage(leftId);
  const right = useMessage(rightId);
  const all = search.get('show') === 'all';
  if (leftId === '' || rightId === '') {
    return (
      <>
        <PageHeader before={<Back groupId={undefined} />} title={text('compare.title')} />
        <Panel>
          <QuietState icon={CompareArrows} title={text('compare.noneTitle')} text={text('compare.noneText')} />
        </Panel>
      </>
    );
  }
  const error = left.error ?? right.error;
  return (
    <>
      <PageHeader
        before={<Back groupId={left.data?.groupId} />}
        title={text('compare.titleOf', { left: leftId, right: rightId })}
        actions={
          <ToggleButtonGroup
            exclusive
            size="small"
            value={all ? 'all' : 'differences'}
            aria-label={text('compare.show')}
            onChange={(_event, show: 'all' | 'differences' | null) => {
              if (show === null) return;
              setSearch({ left: leftId, right: rightId, ...(show === 'all' ? { show } : {}) }, { replace: true });
            }}
            sx={{ bgcolor: 'background.paper', '& button': { textTransform: 'none', px: 1.25, py: 0.375 } }}
          >
            <ToggleButton value="differences">{text('compare.differences')}</ToggleButton>
            <ToggleButton value="all">{text('compare.all')}</ToggleButton>
          </ToggleButtonGroup>
        }
      />
      {left.data && right.data ? (
        <>
          <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: { sm: '1fr 1fr' }, mb: 2 }}>
            <Side message={left.data} />
            <Side message={right.data} />
          </Box>
          {left.data.groupId !== right.data.groupId && (
            <Box sx={{ mb: 1.5, fontSize: '0.8125rem', color: 'text.secondary' }}>{text('compare.otherGroups')}</Box>
          )}
          <CompareSections key={`${leftId} ${rightId}`} left={left.data} right={right.data} all={all} />
        </>
      ) : (
        <Panel>
          {error ? (
            <FaultState
              error={error}
              onRetry={() => {
                void left.refetch();
                void right.refetch();
              }}
            />
          ) : (
            <Lines count={12} />
          )}
        </Panel>
      )}
    </>
  );
}

/** Only what can be an id: anything else is no message. */
function idOf(value: string | null): string {
  return value !== null && /^\d{1,20}$/.test(value) ? value : '';
}

function useMessage(id: string) {
  return useOfficeQuery(['messages', 'one', id], (signal) => office.message(id, signal), { enabled: id !== '' });
}

function Back({ groupId }: { groupId: string | undefined }) {
  const text = useText();
  const to = groupId === undefined ? '/messages' : `/messages?status=all&groupId=${groupId}`;
  return <BackLink to={to}>{text(groupId === undefined ? 'messages.title' : 'compare.back')}</BackLink>;
}

/** One of the two in short: what failed, its state, when, and its orders. */
function Side({ message }: { message: MessageDetail }) {
  const text = useText();
  const name = text('messages.number', { id: message.id });
  return (
    <Panel label={name} sx={{ px: 2, py: 1.25, fontSize: '0.8125rem', overflowWrap: 'anywhere' }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 1.5, alignItems: 'center', lineHeight: '26px' }}>
        <AppLink to={`/messages/${message.id}`}>{name}</AppLink>
        <StatusMark status={message.status} />
        <Time at={message.failedAt} show="clock" />
        <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 1 }}>
          <OrderLinks orderIds={message.keys['orderId'] ?? []} />
        </Box>
      </Box>
      <Box sx={{ fontWeight: 600, fontSize: '0.875rem' }}>
        <Headline message={message} />
      </Box>
    </Panel>
  );
}
