import Box from '@mui/material/Box';

import { OUTCOMES } from '../../../server/contract/operations.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { office } from '../api/office.ts';
import { useOfficeQuery } from '../api/use-office-query.ts';
import { useText } from '../i18n/use-text.ts';
import { AppLink } from '../show/AppLink.tsx';
import { ItemCause } from './ItemCause.tsx';

const SHOWN = 5;
const NOT_CONFIRMED = OUTCOMES.filter((outcome) => outcome !== 'confirmed');

/** The first messages that did not end well, with the cause; all of them are on the operation's page. */
export function FailedItems({ operation }: { operation: Operation }) {
  const text = useText();
  const count = NOT_CONFIRMED.reduce((sum, outcome) => sum + operation.outcomes[outcome], 0);
  const { data } = useOfficeQuery(
    ['operations', 'items', operation.id, 'notConfirmed'],
    (signal) => office.operationItems(operation.id, { outcome: NOT_CONFIRMED, perPage: SHOWN }, signal),
    { enabled: count > 0 },
  );
  if (!data || count === 0) return null;
  return (
    <Box component="ul" sx={{ m: 0, mt: 1.5, p: 0, listStyle: 'none', fontSize: '0.8125rem' }}>
      {data.data.map((item) => (
        <Box key={item.messageId} component="li" sx={{ py: 0.5, borderTop: 1, borderColor: 'divider' }}>
          <AppLink inText to={`/messages/${item.messageId}`}>
            {text('messages.number', { id: item.messageId })}
          </AppLink>{' '}
          <ItemCause item={item} />
        </Box>
      ))}
    </Box>
  );
}
