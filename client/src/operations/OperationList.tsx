import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Tabs from '@mui/material/Tabs';
import { useNavigate } from 'react-router-dom';

import { ENDED_OPERATION_STATUSES, OPERATION_STATUSES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import type { Query } from '../api/api-client.ts';
import { useText } from '../i18n/use-text.ts';
import type { ListAddress, ListSpec } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Mark } from '../show/Mark.tsx';
import { OPERATION_LOOKS } from '../show/marks.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { STACKING } from '../show/stacking.ts';
import { Time } from '../show/Time.tsx';
import { FilterChips } from './FilterChips.tsx';
import { OutcomeCounts } from './OutcomeCounts.tsx';
import { ProgressBar } from './ProgressBar.tsx';
import { useHoldText } from './use-hold-text.ts';
import { useOperationTitle } from './use-operation-title.ts';

const SPEC: ListSpec = { filters: ['status'], sort: '-id', sorts: ['-id', 'id'], perPage: 25 };
const ACTIVE = OPERATION_STATUSES.filter((status) => !(ENDED_OPERATION_STATUSES as string[]).includes(status));

function toApi(filter: ListAddress['filter']): Query {
  const tab = tabOf(filter);
  return tab === 'all' ? {} : { status: tab === 'active' ? ACTIVE : ['awaitingApproval'] };
}
type View = 'all' | 'active' | 'awaitingApproval';
function tabOf(filter: ListAddress['filter']): View {
  const status = filter['status']?.[0];
  return status === 'active' || status === 'awaitingApproval' ? status : 'all';
}

/** What was done to messages, newest first. */
export function OperationList() {
  const text = useText();
  const list = useAddressedList({ resource: 'operations', spec: SPEC, toApi, pollMs: usePolling(5000) });
  const tab = tabOf(list.address.filter);
  const active = tab !== 'all';
  return (
    <>
      <PageHeader title={text('operations.title')} />
      <Tabs
        value={tab}
        onChange={(_event, chosen: View) => {
          list.setFilter('status', chosen === 'all' ? [] : [chosen]);
        }}
        sx={{ borderBottom: 1, borderColor: 'divider', mb: 1.5 }}
      >
        <Tab value="all" label={text('operations.tabAll')} />
        <Tab value="active" label={text('operations.tabRunning')} />
        <Tab value="awaitingApproval" label={text('approval.tab')} />
      </Tabs>
      <Panel label={text('operations.title')}>
        <ListBody
          list={list}
          empty={{
            title: text(active ? 'operations.emptyFilteredTitle' : 'operations.emptyTitle'),
            text: text(active ? 'operations.emptyFilteredText' : 'operations.emptyText'),
          }}
        >
          <OperationTable operations={list.rows ?? []} />
        </ListBody>
      </Panel>
    </>
  );
}

function OperationTable({ operations }: { operations: readonly Operation[] }) {
  const text = useText();
  const titleOf = useOperationTitle();
  const holdText = useHoldText();
  const navigate = useNavigate();
  return (
    <Table size="small" sx={STACKING}>
      <TableHead>
        <TableRow>
          <TableCell>{text('column.when')}</TableCell>
          <TableCell>{text('column.what')}</TableCell>
          <TableCell>{text('column.who')}</TableCell>
          <TableCell>{text('column.operationReason')}</TableCell>
          <TableCell>{text('column.progress')}</TableCell>
          <TableCell>{text('column.status')}</TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {operations.map((operation) => (
          <TableRow
            key={operation.id}
            hover
            sx={{ cursor: 'pointer' }}
            onClick={() => {
              void navigate(`/operations/${operation.id}`);
            }}
          >
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <Time at={operation.createdAt} show="clock" />
            </TableCell>
            <TableCell sx={{ whiteSpace: 'nowrap' }}>
              <AppLink quiet to={`/operations/${operation.id}`}>
                {titleOf(operation)}
              </AppLink>
            </TableCell>
            <TableCell>{operation.actor}</TableCell>
            <TableCell
              sx={{
                width: '100%',
                maxWidth: 0,
                overflow: 'hidden',
                textOverflow: 'ellipsis',
                whiteSpace: 'nowrap',
              }}
            >
              {operation.reason ?? (
                <Box component="span" sx={{ color: 'text.secondary' }}>
                  {text('operations.noReason')}
                </Box>
              )}
              {operation.filter !== null && Object.keys(operation.filter).length > 0 && (
                <Box sx={{ mt: 0.25 }}>
                  <FilterChips filter={operation.filter} />
                </Box>
              )}
            </TableCell>
            <TableCell className="wide" sx={{ minWidth: 280 }}>
              {operation.status === 'preparing' ? (
                text('operations.preparing', { count: operation.total })
              ) : (
                <ProgressBar operation={operation} height={6} />
              )}
              <OutcomeCounts operation={operation} />
              <Box sx={{ fontSize: '0.75rem', color: 'text.secondary', mt: 0.25, whiteSpace: 'normal' }}>
                {holdText(operation)}
              </Box>
            </TableCell>
            <TableCell>
              <Mark look={OPERATION_LOOKS[operation.status]} label={text(`operationStatus.${operation.status}`)} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
