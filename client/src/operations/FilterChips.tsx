import Box from '@mui/material/Box';
import Chip from '@mui/material/Chip';

import type { MessageFilter } from '../../../server/contract/schemas/messages.ts';
import { useFilterWords } from '../messages/filters/use-filter-words.ts';

/** The filter that selected the messages of an operation, in the words of the list of messages. */
export function FilterChips({ filter }: { filter: MessageFilter }) {
  const words = useFilterWords();
  return (
    <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', gap: 0.5, maxWidth: '100%' }}>
      {filterEntries(filter).map(([name, values]) => (
        <Chip
          key={name}
          size="small"
          variant="outlined"
          data-testid={`operation-filter-${name}`}
          label={
            <>
              <Box component="span" sx={{ color: 'text.secondary' }}>
                {words.name(name)}:
              </Box>{' '}
              {values.map((value) => words.value(name, value)).join(', ')}
            </>
          }
          sx={{ height: 22, fontSize: '0.75rem', maxWidth: '100%' }}
        />
      ))}
    </Box>
  );
}

function filterEntries(filter: MessageFilter): [keyof MessageFilter, string[]][] {
  // `Object.entries` widens the names of a closed type.
  return (Object.entries(filter) as [keyof MessageFilter, unknown][])
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => [name, (Array.isArray(value) ? value : [value]).map(String)]);
}
