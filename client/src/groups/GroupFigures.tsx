import OpenInNew from '@mui/icons-material/OpenInNew';
import Box from '@mui/material/Box';
import MuiLink from '@mui/material/Link';
import { useLocale } from 'ra-core';
import type { ReactNode } from 'react';

import type { Group } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { Facts, type Fact } from '../show/Facts.tsx';
import { Mono } from '../show/Mono.tsx';
import { formatNumber } from '../show/numbers.ts';
import { Time } from '../show/Time.tsx';
import { messagesPath } from './group-acts.ts';
import { isWebAddress } from './group-form.ts';
import { GroupStateMark } from './GroupStateMark.tsx';
import { Resends } from './Resends.tsx';
import { HourlyFailures } from './HourlyFailures.tsx';

/** What is known of a group: its numbers first, then where and since when. */
export function GroupFigures({ group }: { group: Group }) {
  const text = useText();
  const locale = useLocale();
  const number = (value: number) => formatNumber(value, locale);
  const messages = messagesPath(group);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1.5, mb: 2 }}>
        <Figure name={text('column.pending')}>
          {messages === null ? number(group.pending) : <AppLink to={messages}>{number(group.pending)}</AppLink>}
        </Figure>
        <Figure name={text('groups.orders')}>
          {number(group.orders.count)}
          {group.orders.atLeast && '+'}
        </Figure>
        <Figure name={text('groups.failures24h')}>{number(group.failures24h)}</Figure>
        <Figure name={text('groups.resends')}>
          <Box sx={{ fontSize: '0.8125rem', fontWeight: 400 }}>
            <Resends group={group} />
          </Box>
        </Figure>
      </Box>
      <Box sx={{ mb: 2 }}>
        <HourlyFailures wide hourly={group.hourly} />
        <Box sx={{ fontSize: '0.75rem', color: 'text.secondary', mt: 0.5 }}>{text('groups.sparklineHint')}</Box>
      </Box>
      <Facts facts={factsOf()} />
    </>
  );

  function factsOf(): Fact[] {
    const facts: Fact[] = [{ name: text('column.status'), value: <GroupStateMark group={group} /> }];
    if (group.errorType !== null)
      facts.push({ name: text('column.errorType'), value: <Mono wrap>{group.errorType}</Mono> });
    if (group.normalisedMessage !== null)
      facts.push({ name: text('column.errorMessage'), value: group.normalisedMessage });
    facts.push(
      {
        name: text('column.queue'),
        value: group.queues.length === 0 ? text('way.unknownQueue') : group.queues.join(', '),
      },
      { name: text('column.deadQueue'), value: group.deadQueues.join(', ') },
      { name: text('groups.firstSeen'), value: <Time at={group.firstSeenAt} show="clock" /> },
      { name: text('groups.lastSeen'), value: <Time at={group.lastSeenAt} show="clock" /> },
    );
    if (group.resolvedAt !== null)
      facts.push({ name: text('groups.resolvedAt'), value: <Time at={group.resolvedAt} show="clock" /> });
    const { trackerUrl } = group;
    // The office takes no other; still nothing but an address of the web becomes a link.
    if (trackerUrl !== null && isWebAddress(trackerUrl)) {
      facts.push({
        name: text('groups.trackerUrl'),
        value: (
          <MuiLink href={trackerUrl} target="_blank" rel="noopener noreferrer">
            {trackerUrl} <OpenInNew aria-hidden sx={{ fontSize: '0.875rem', verticalAlign: 'text-bottom' }} />
          </MuiLink>
        ),
      });
    }
    return facts;
  }
}

function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box sx={{ minWidth: 88 }}>
      <Box sx={{ fontSize: '0.75rem', color: 'text.secondary' }}>{name}</Box>
      <Box sx={{ fontSize: '1.125rem', fontWeight: 600 }}>{children}</Box>
    </Box>
  );
}
