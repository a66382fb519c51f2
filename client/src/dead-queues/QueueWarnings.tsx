import Warning from '@mui/icons-material/WarningAmber';
import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';

import type { QueueWarningWithParams } from '../../../server/contract/schemas/dead-queues.ts';
import { useText } from '../i18n/use-text.ts';
import { formatBytes } from '../show/numbers.ts';
import { roughSpan } from '../show/times.ts';

/** What could keep messages of a queue from the office: each risk in a sentence, and how to mend it. */
export function QueueWarnings({ warnings }: { warnings: readonly QueueWarningWithParams[] }) {
  const text = useText();
  const locale = useLocale();
  if (warnings.length === 0) return null;
  return (
    <Box component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {warnings.map(({ code, params }) => {
        const count = typeof params['count'] === 'number' ? params['count'] : 0;
        const exchange = params['exchange'] === '' ? '(AMQP default)' : params['exchange'];
        return (
          <Box
            component="li"
            key={code}
            data-testid={`warning-${code}`}
            sx={{ display: 'flex', gap: 1, mt: 1, fontSize: '0.8125rem', overflowWrap: 'anywhere' }}
          >
            <Warning aria-hidden sx={{ fontSize: '1rem', mt: '2px', color: (theme) => theme.palette.state.waiting }} />
            <div>
              {text(`queueWarnings.${code}`, {
                count,
                exchange,
                span: roughSpan(count, locale),
                bytes: formatBytes(count, locale),
              })}{' '}
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {text(`queueMends.${code}`)}
              </Box>
            </div>
          </Box>
        );
      })}
    </Box>
  );
}
