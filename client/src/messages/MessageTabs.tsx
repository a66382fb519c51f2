import { useSearchParams, useLocation } from 'react-router-dom';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { MessageTimeline } from '../timeline/MessageTimeline.tsx';
import { BodyTab } from './body/BodyTab.tsx';
import { DeathsTab } from './DeathsTab.tsx';
import { SentEdits } from './edit/SentEdits.tsx';
import { ErrorTab } from './ErrorTab.tsx';
import { HeadersTab } from './HeadersTab.tsx';
import { PartTabs } from './PartTabs.tsx';
import { PropertiesTab } from './PropertiesTab.tsx';

const TABS = ['body', 'headers', 'error', 'deaths', 'timeline', 'properties'] as const;

/** Everything that is known of a message. The open tab is in the address, so that a link leads to it. */
export function MessageTabs({ message }: { message: MessageDetail }) {
  const state: unknown = useLocation().state;
  const [search, setSearch] = useSearchParams();
  const open = TABS.find((tab) => tab === search.get('tab')) ?? 'body';
  return (
    <PartTabs
      parts={TABS}
      open={open}
      onOpen={(tab) => {
        setSearch(tab === 'body' ? {} : { tab }, { replace: true, state });
      }}
      counts={{ headers: message.headersTyped.length, deaths: message.deaths.length }}
    >
      {open === 'body' && <BodyTab message={message} path={office.bodyPath(message.id)} />}
      {open === 'headers' && <HeadersTab message={message} />}
      {open === 'error' && <ErrorTab message={message} />}
      {open === 'deaths' && <DeathsTab message={message} />}
      {open === 'timeline' && (
        <>
          <SentEdits message={message} />
          <MessageTimeline id={message.id} />
        </>
      )}
      {open === 'properties' && <PropertiesTab message={message} />}
    </PartTabs>
  );
}
