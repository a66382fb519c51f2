import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { ListContextProvider } from 'ra-core';
import { ColumnsButton } from 'react-admin';
import { useCallback, useMemo } from 'react';

import { useText } from '../i18n/use-text.ts';
import { Key } from '../keyboard/Key.tsx';
import type { ListAddress } from '../list/list-address.ts';
import { ListBody } from '../list/ListBody.tsx';
import { asListContext } from '../list/table-context.ts';
import { useAddressedList } from '../list/use-addressed-list.ts';
import { useSelection } from '../list/use-selection.ts';
import { PageHeader } from '../show/PageHeader.tsx';
import { Panel } from '../show/Panel.tsx';
import { Sentence } from '../show/Sentence.tsx';
import { useNow } from '../show/use-now.ts';
import { ExportButton } from './ExportButton.tsx';
import { FilterBar } from './filters/FilterBar.tsx';
import { ListNewsButton, useListNews } from './ListNews.tsx';
import { ListTrailContext, trailOf } from './list-trail.ts';
import { MessageCards } from './MessageCards.tsx';
import { MESSAGE_LIST, messageQuery, selectionFilter, statusesOfTab, statusTab } from './message-list-spec.ts';
import { MessageTable } from './MessageTable.tsx';
import { SelectionBar } from './SelectionBar.tsx';
import { StatusTabs } from './StatusTabs.tsx';
import { useListKeys } from './use-list-keys.ts';
import { SavedViewsMenu } from './views/SavedViewsMenu.tsx';

/** The desk: failed messages, by state and filter, and what can be done to the selected ones. */
export function MessageList() {
  const text = useText();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  const minute = Math.floor(useNow().getTime() / 60_000) * 60_000;
  const toApi = useCallback((filter: ListAddress['filter']) => messageQuery(filter, minute), [minute]);
  const list = useAddressedList({ resource: 'messages', spec: MESSAGE_LIST, toApi, pollMs: false });
  const scope = useMemo(() => JSON.stringify(list.address.filter), [list.address.filter]);
  const selection = useSelection(list.isStale ? undefined : list.rows, scope);
  const current = useListKeys(list.isStale ? undefined : list.rows, selection);
  const news = useListNews(list, toApi(list.address.filter));

  return (
    <ListContextProvider value={asListContext('messages', list, selection)}>
      <PageHeader title={text('messages.title')} actions={<SavedViewsMenu address={list.address} />} />
      <StatusTabs
        tab={statusTab(list.address.filter)}
        filter={list.address.filter}
        setFilter={list.setFilter}
        isListPending={list.isPending || list.isStale}
      />
      <FilterBar list={list} />
      <Panel label={text('messages.title')}>
        <SelectionBar
          selection={selection}
          current={current}
          matching={{
            onPage: list.isStale ? [] : (list.rows ?? []).map(({ id }) => id),
            total: list.total,
            totalAtLeast: list.totalAtLeast,
            statuses: statusesOfTab(statusTab(list.address.filter)),
            // Counted back from the time of the press, and asked about before anything is done.
            filter: () => selectionFilter(list.address.filter, Date.now()),
          }}
          pageBox={small}
          hint={
            news.arrived + news.left > 0 ? (
              <ListNewsButton news={news} onShow={list.reload} />
            ) : (
              <Typography variant="body2" color="text.secondary">
                {text('messages.selectHint')}
                {!small && (
                  <Box component="span" sx={{ ml: 1.5 }}>
                    <Sentence of="messages.keysHint" parts={{ key: <Key>?</Key> }} />
                  </Box>
                )}
              </Typography>
            )
          }
          always={
            !small && (
              <>
                <ExportButton filter={toApi(list.address.filter)} total={list.total} />
                <ColumnsButton color="inherit" sx={{ color: 'text.secondary' }} />
              </>
            )
          }
        />
        <ListBody list={list} empty={useEmptyState(list.address.filter, list.change)}>
          <ListTrailContext value={trailOf(list)}>
            {small ? <MessageCards list={list} selection={selection} /> : <MessageTable />}
          </ListTrailContext>
        </ListBody>
      </Panel>
    </ListContextProvider>
  );
}

/** What an empty list means: nothing to do, nothing in this state, or filters that let nothing through. */
function useEmptyState(filter: ListAddress['filter'], change: (by: { filter: ListAddress['filter'] }) => void) {
  const text = useText();
  const tab = statusTab(filter);
  const filtered = Object.entries(filter).some(([name, values]) => name !== 'status' && values.length > 0);
  const kind = filtered ? 'emptyFiltered' : tab === 'pending' ? 'emptyPending' : 'emptyStatus';
  return {
    title: text(`messages.${kind}Title`),
    text: text(`messages.${kind}Text`),
    action: filtered && (
      <Button
        variant="outlined"
        onClick={() => {
          change({ filter: tab === 'pending' ? {} : { status: [tab] } });
        }}
      >
        {text('filter.clear')}
      </Button>
    ),
  };
}
