import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { ListContextProvider } from 'ra-core';
import { ColumnsButton } from 'react-admin';
import { useCallback, useMemo } from 'react';

import { useText } from '../i18n/use-text.ts';
import type { ListAddress } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { asListContext } from '../list/table-context.ts';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { useSelection } from '../list/use-selection.ts';
import { usePolling } from '../live/live-context.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { useNow } from '../show/use-now.ts';
import { FilterBar } from './filters/FilterBar.tsx';
import { MessageCards } from './MessageCards.tsx';
import { MESSAGE_LIST, messageQuery, statusTab } from './message-list-spec.ts';
import { MessageTable } from './MessageTable.tsx';
import { NewArrivals } from './NewArrivals.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { StatusTabs } from './StatusTabs.tsx';

/** The desk: failed messages, by state and filter, and what can be done to the selected ones. */
export function MessageList() {
  const text = useText();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  const minute = Math.floor(useNow().getTime() / 60_000) * 60_000;
  const toApi = useCallback((filter: ListAddress['filter']) => messageQuery(filter, minute), [minute]);
  const list = useAddressedList({ resource: 'messages', spec: MESSAGE_LIST, toApi, pollMs: false });
  const scope = useMemo(() => JSON.stringify(list.address.filter), [list.address.filter]);
  const selection = useSelection(list.rows, scope);
  const tab = statusTab(list.address.filter);
  const filtered = Object.entries(list.address.filter).some(([name, values]) => name !== 'status' && values.length > 0);
  const empty = filtered ? 'emptyFiltered' : tab === 'pending' ? 'emptyPending' : 'emptyStatus';
  const fresh = usePolling(5000) !== false && list.address.page === 1 && list.address.sort === '-failedAt';

  return (
    <ListContextProvider value={asListContext('messages', list, selection)}>
      <PageHeader title={text('messages.title')} />
      <StatusTabs tab={tab} filter={list.address.filter} setFilter={list.setFilter} />
      <FilterBar list={list} />
      <Panel label={text('messages.title')}>
        <SelectionBar
          selection={selection}
          idle={
            <>
              <Typography variant="body2" color="text.secondary" sx={{ flex: 1 }}>
                {text('messages.selectHint')}
              </Typography>
              {!small && <ColumnsButton color="inherit" sx={{ color: 'text.secondary' }} />}
            </>
          }
        />
        {fresh && <NewArrivals list={list} query={toApi(list.address.filter)} />}
        <ListBody
          list={list}
          empty={{
            title: text(`messages.${empty}Title`),
            text: text(`messages.${empty}Text`),
            action: filtered && (
              <Button
                variant="outlined"
                onClick={() => {
                  list.change({ filter: { status: [tab] } });
                }}
              >
                {text('filter.clear')}
              </Button>
            ),
          }}
        >
          {small ? <MessageCards list={list} selection={selection} /> : <MessageTable />}
        </ListBody>
      </Panel>
    </ListContextProvider>
  );
}
