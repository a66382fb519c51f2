import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useSearchParams, useLocation } from 'react-router-dom';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { MessageTimeline } from '../timeline/MessageTimeline.tsx';
import { Panel } from '../show/Panel.tsx';
import { BodyTab } from './body/BodyTab.tsx';
import { DeathsTab } from './DeathsTab.tsx';
import { ErrorTab } from './ErrorTab.tsx';
import { HeadersTab } from './HeadersTab.tsx';
import { PropertiesTab } from './PropertiesTab.tsx';

const TABS = ['body', 'headers', 'error', 'deaths', 'timeline', 'properties'] as const;
type TabName = (typeof TABS)[number];

/** Everything that is known of a message. The open tab is in the address, so that a link leads to it. */
export function MessageTabs({ message }: { message: MessageDetail }) {
  const text = useText();
  const state: unknown = useLocation().state;
  const [search, setSearch] = useSearchParams();
  const open = TABS.find((tab) => tab === search.get('tab')) ?? 'body';
  const counts: Partial<Record<TabName, number>> = {
    headers: message.headersTyped.length,
    deaths: message.deaths.length,
  };
  return (
    <Panel>
      <Tabs
        value={open}
        onChange={(_event, tab: TabName) => {
          setSearch(tab === 'body' ? {} : { tab }, { replace: true, state });
        }}
        variant="scrollable"
        scrollButtons={false}
        sx={{ borderBottom: 1, borderColor: 'divider', px: 1 }}
      >
        {TABS.map((tab) => (
          <Tab
            key={tab}
            value={tab}
            id={`tab-${tab}`}
            aria-controls={`panel-${tab}`}
            label={
              <span>
                {text(`tab.${tab}`)}
                {counts[tab] !== undefined && (
                  <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400, ml: 0.75 }}>
                    {counts[tab]}
                  </Box>
                )}
              </span>
            }
          />
        ))}
      </Tabs>
      <Box role="tabpanel" id={`panel-${open}`} aria-labelledby={`tab-${open}`}>
        {open === 'body' && <BodyTab message={message} path={office.bodyPath(message.id)} />}
        {open === 'headers' && <HeadersTab message={message} />}
        {open === 'error' && <ErrorTab message={message} />}
        {open === 'deaths' && <DeathsTab message={message} />}
        {open === 'timeline' && <MessageTimeline id={message.id} />}
        {open === 'properties' && <PropertiesTab message={message} />}
      </Box>
    </Panel>
  );
}
