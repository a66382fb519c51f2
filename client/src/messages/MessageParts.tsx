import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import Typography from '@mui/material/Typography';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { ReactNode } from 'react';
import { useLocation, useSearchParams } from 'react-router-dom';

import type { MessageDetail } from '../../../server/contract/schemas/messages.ts';
import { office } from '../api/office.ts';
import { useText } from '../i18n/use-text.ts';
import { Panel } from '../show/Panel.tsx';
import { MessageTimeline } from '../timeline/MessageTimeline.tsx';
import { BodyTab } from './body/BodyTab.tsx';
import { DeathsTab } from './DeathsTab.tsx';
import { SentEdits } from './edit/SentEdits.tsx';
import { ErrorBeside, ErrorTab } from './ErrorTab.tsx';
import { HeadersTab } from './HeadersTab.tsx';
import { PartTabs } from './PartTabs.tsx';
import { PropertiesTab } from './PropertiesTab.tsx';

const PARTS = ['body', 'headers', 'error', 'deaths', 'timeline', 'properties'] as const;
type Part = (typeof PARTS)[number];
/** Where there is room, these are always open beside the others. */
const BESIDE: ReadonlySet<Part> = new Set<Part>(['headers', 'error']);

/** What is above the body on an ordinary message's page, so that the body ends where the screen does. */
const ABOVE_BODY = '428px';

/**
 * Everything that is known of a message. On a wide screen the error and the headers stand beside the body, so that an
 * ordinary message is read without a press; on a narrow one every part has its tab. The open tab is in the address, so
 * that a link leads to it.
 */
export function MessageParts({ message }: { message: MessageDetail }) {
  const text = useText();
  const isWide = useMediaQuery((theme: Theme) => theme.breakpoints.up('lg'), { noSsr: true });
  const state: unknown = useLocation().state;
  const [search, setSearch] = useSearchParams();
  const parts = isWide ? PARTS.filter((part) => !BESIDE.has(part)) : PARTS;
  const open = parts.find((part) => part === search.get('tab')) ?? 'body';
  const tabs = (
    <PartTabs
      parts={parts}
      open={open}
      onOpen={(tab) => {
        setSearch(tab === 'body' ? {} : { tab }, { replace: true, state });
      }}
      counts={{ headers: message.headersTyped.length, deaths: message.deaths.length }}
    >
      {open === 'body' && (
        <BodyTab
          message={message}
          path={office.bodyPath(message.id)}
          maxHeight={isWide ? `max(280px, calc(100vh - ${ABOVE_BODY}))` : '70vh'}
        />
      )}
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
  if (!isWide) return tabs;
  return (
    <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 7fr) minmax(0, 5fr)', alignItems: 'start' }}>
      {tabs}
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 1.5 }}>
        <Beside title={text('tab.error')}>
          <ErrorBeside message={message} />
        </Beside>
        <Beside title={text('tab.headers')} count={message.headersTyped.length}>
          <HeadersTab message={message} />
        </Beside>
      </Box>
    </Box>
  );
}

function Beside({ title, count, children }: { title: string; count?: number; children: ReactNode }) {
  return (
    <Panel label={title}>
      <Typography
        variant="h2"
        sx={{ fontSize: '0.8125rem', px: 2, height: 39, lineHeight: '39px', borderBottom: 1, borderColor: 'divider' }}
      >
        {title}
        {count !== undefined && (
          <Box component="span" sx={{ color: 'text.secondary', fontWeight: 400, ml: 0.75 }}>
            {count}
          </Box>
        )}
      </Typography>
      {children}
    </Panel>
  );
}
