import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useLocale } from 'ra-core';
import { useMemo, type ReactNode } from 'react';

import type { MessageDetail, TypedHeader } from '../../../../server/contract/schemas/messages.ts';
import { useText } from '../../i18n/use-text.ts';
import { Mono } from '../../show/Mono.tsx';
import { Panel } from '../../show/Panel.tsx';
import { readTyped } from '../typed-text.ts';
import { CompareBodies } from './CompareBodies.tsx';
import { comparedErrors, comparedFacts } from './compared-facts.ts';
import { compareHeaders } from './compare-headers.ts';
import { CompareTable } from './CompareTable.tsx';
import { LineDiff } from './LineDiff.tsx';

interface CompareSectionsProps {
  left: MessageDetail;
  right: MessageDetail;
  /** What is equal too. */
  all: boolean;
}

/** Where two messages differ, part by part. */
export function CompareSections({ left, right, all }: CompareSectionsProps) {
  const text = useText();
  const locale = useLocale();
  const sides = { left: `#${left.id}`, right: `#${right.id}` };
  const headers = useMemo(() => compareHeaders(left, right), [left, right]);
  const stacks = useMemo(
    () => ({ left: left.stackTrace?.split('\n') ?? [], right: right.stackTrace?.split('\n') ?? [] }),
    [left, right],
  );
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Section title={text('compare.error')}>
        <CompareTable label={text('compare.error')} rows={comparedErrors(left, right, text)} sides={sides} all={all} />
        {(stacks.left.length > 0 || stacks.right.length > 0) && (
          <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
            <Typography variant="h3" sx={{ px: 2, py: 0.75, color: 'text.secondary' }}>
              {text('error.stack')}
            </Typography>
            <LineDiff label={text('error.stack')} left={stacks.left} right={stacks.right} sides={sides} all={all} />
          </Box>
        )}
      </Section>
      <Section title={text('tab.body')}>
        <CompareBodies left={left} right={right} sides={sides} all={all} />
      </Section>
      <Section title={text('tab.headers')}>
        <CompareTable
          label={text('tab.headers')}
          rows={headers.map((header) => ({
            name: header.name === '' ? '""' : header.name,
            difference: header.difference,
            left: header.left && <HeaderValue header={header.left} />,
            right: header.right && <HeaderValue header={header.right} />,
          }))}
          sides={sides}
          all={all}
        />
      </Section>
      <Section title={text('compare.facts')}>
        <CompareTable
          label={text('compare.facts')}
          rows={comparedFacts(left, right, text, locale)}
          sides={sides}
          all={all}
        />
      </Section>
    </Box>
  );
}

function HeaderValue({ header }: { header: TypedHeader }) {
  const reading = readTyped(header);
  return (
    <>
      <Mono wrap>{reading.kind === 'text' ? reading.text : reading.base64}</Mono>{' '}
      <Box component="span" sx={{ color: 'text.secondary', fontSize: '0.75rem', fontWeight: 400 }}>
        {header.type}
      </Box>
    </>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Panel label={title}>
      <Typography variant="h2" sx={{ px: 2, py: 1, borderBottom: 1, borderColor: 'divider' }}>
        {title}
      </Typography>
      {children}
    </Panel>
  );
}
