import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';

import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';

/** What is being typed is not asked about. */
const TYPED_MS = 300;

/** The dead queues that some patterns match now. */
export function ScopeMatches({ patterns }: { patterns: readonly string[] }) {
  const text = useText();
  const typed = patterns.join('\n');
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(typed);
    }, TYPED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed]);
  const { data, error } = useOfficeQuery(
    ['users', 'scope-matches', asked],
    (signal) => office.scopeMatches(asked.split('\n'), signal),
    { enabled: asked !== '' },
  );
  if (typed === '') return null;
  if (error && asked === typed) return <FaultNotice error={error} />;
  const known = asked === typed ? data : undefined;
  return (
    <Box
      data-testid="scope-matches"
      aria-live="polite"
      sx={{ mt: 1, fontSize: '0.8125rem', overflowWrap: 'anywhere', maxHeight: 160, overflowY: 'auto' }}
    >
      {known === undefined
        ? text('users.matching')
        : known.deadQueues.length === 0
          ? text('users.matchesNone', { of: known.of })
          : text('users.matches', {
              count: known.deadQueues.length,
              of: known.of,
              names: known.deadQueues.join(', '),
            })}
    </Box>
  );
}
