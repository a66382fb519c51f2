import Box from '@mui/material/Box';
import { useEffect, useState } from 'react';

import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { FaultNotice } from '../show/FaultNotice.tsx';
import { QueueWarnings } from './QueueWarnings.tsx';

/** A name that is being typed is not asked about. */
const TYPED_MS = 500;

/** What is known of a queue before it is watched: whether it is there, and what could take its messages away. */
export function QueuePreflight({ name }: { name: string }) {
  const text = useText();
  const [asked, setAsked] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setAsked(name);
    }, TYPED_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [name]);
  const { data, error } = useOfficeQuery(
    ['dead-queues', 'preflight', asked],
    (signal) => office.queuePreflight(asked, signal),
    { enabled: asked !== '' },
  );
  if (name === '') return null;
  if (error && asked === name) return <FaultNotice error={error} />;
  const known = data?.name === name ? data : undefined;
  return (
    <Box data-testid="queue-preflight" aria-live="polite" sx={{ fontSize: '0.8125rem', mb: 2 }}>
      {known === undefined ? (
        text('queuePreflight.asking')
      ) : (
        <>
          {text(`queuePreflight.${known.state}`, { count: known.depth ?? 0 })}{' '}
          {known.type !== null && (
            <Box component="span" sx={{ color: 'text.secondary' }}>
              {text('queuePreflight.type')}: {known.type}
            </Box>
          )}
          {known.state === 'present' && known.warnings.length === 0 && <div>{text('queuePreflight.fine')}</div>}
          <QueueWarnings warnings={known.warnings} />
        </>
      )}
    </Box>
  );
}
