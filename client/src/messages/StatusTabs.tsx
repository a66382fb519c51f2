import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useLocale } from 'ra-core';

import { useText } from '../i18n/use-text.ts';
import type { ListAddress } from '../list/list-address.ts';
import { formatNumber } from '../show/numbers.ts';
import { STATUS_TABS, type StatusTab } from './message-list-spec.ts';
import { useStatusCounts } from './use-status-counts.ts';

interface StatusTabsProps {
  tab: StatusTab;
  filter: ListAddress['filter'];
  setFilter: (name: string, values: readonly string[]) => void;
  /** The list itself is still being read. */
  isListPending: boolean;
}

/** One tab a state, each with how many messages of it match the other filters. */
export function StatusTabs({ tab, filter, setFilter, isListPending }: StatusTabsProps) {
  const text = useText();
  const locale = useLocale();
  const counts = useStatusCounts(filter, !isListPending);
  return (
    <Tabs
      value={tab}
      onChange={(_event, chosen: StatusTab) => {
        setFilter('status', chosen === 'pending' ? [] : [chosen]);
      }}
      variant="scrollable"
      scrollButtons={false}
      aria-label={text('column.status')}
      sx={{ borderBottom: 1, borderColor: 'divider', mb: 1.25 }}
    >
      {STATUS_TABS.map((status) => {
        const count = counts[status];
        return (
          <Tab
            key={status}
            value={status}
            label={
              <Box component="span" sx={{ display: 'inline-flex', gap: 0.75, alignItems: 'baseline' }}>
                {text(`statusTab.${status}`)}
                {count !== undefined && (
                  <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem', fontWeight: 400 }}>
                    {formatNumber(count.atLeast, locale)}
                    {count.capped && '+'}
                  </Box>
                )}
              </Box>
            }
          />
        );
      })}
    </Tabs>
  );
}
