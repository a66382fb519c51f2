import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';

import { useText } from '../i18n/use-text.ts';
import { ListBody } from '../list/ListBody.tsx';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { usePolling } from '../live/live-context.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { groupQuery, GROUP_LIST, STATE_TABS, stateTab, viewOf, viewOfRow, type StateTab } from './group-list-spec.ts';
import { GroupTable } from './GroupTable.tsx';
import { GroupToolbar } from './GroupToolbar.tsx';

/** What fails, one row a group: first those that want somebody, seen last first. */
export function GroupList() {
  const text = useText();
  const list = useAddressedList({
    resource: 'groups',
    spec: GROUP_LIST,
    toApi: groupQuery,
    pollMs: usePolling(10_000),
  });
  const { filter } = list.address;
  const tab = stateTab(filter);
  const isNarrowed = ['text', 'queue', 'assignee'].some((name) => (filter[name]?.length ?? 0) > 0);
  const kind = isNarrowed ? 'filtered' : tab === 'active' ? 'active' : 'state';
  const [first] = list.rows ?? [];
  return (
    <>
      <PageHeader title={text('groups.title')} />
      <Tabs
        value={tab}
        onChange={(_event, chosen: StateTab) => {
          list.setFilter('state', chosen === 'active' ? [] : [chosen]);
        }}
        variant="scrollable"
        scrollButtons={false}
        aria-label={text('column.status')}
        sx={{ borderBottom: 1, borderColor: 'divider', mb: 1.25 }}
      >
        {STATE_TABS.map((state) => (
          <Tab key={state} value={state} label={text(`groupTab.${state}`)} />
        ))}
      </Tabs>
      <GroupToolbar list={list} />
      <Panel label={text('groups.title')}>
        <ListBody
          list={list}
          pager="needed"
          empty={{ title: text(`groups.empty.${kind}Title`), text: text(`groups.empty.${kind}Text`) }}
        >
          <GroupTable rows={list.rows ?? []} view={first === undefined ? viewOf(filter) : viewOfRow(first)} />
        </ListBody>
      </Panel>
    </>
  );
}
