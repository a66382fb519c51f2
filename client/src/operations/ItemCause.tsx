import Box from '@mui/material/Box';

import type { OperationItem } from '../../../server/contract/schemas/operations.ts';
import { useText } from '../i18n/use-text.ts';

/** Why an item did not end `confirmed`: our sentence, and what the broker said. */
export function ItemCause({ item }: { item: OperationItem }) {
  const text = useText();
  if (!item.error) return null;
  return (
    <>
      {text(`items.${item.error.code}`)}
      {item.error.text !== null && (
        <Box component="span" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
          {' '}
          {item.error.text}
        </Box>
      )}
    </>
  );
}
