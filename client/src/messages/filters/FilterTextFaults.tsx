import Box from '@mui/material/Box';

import type { TextKey } from '../../i18n/texts.ts';
import { useText, type Text } from '../../i18n/use-text.ts';
import { OFFERED_WORDS, type FilterTextFault } from './filter-text.ts';
import { useFilterWords } from './use-filter-words.ts';

/** Says of each part that is no filter why, and what can be typed instead. */
export function FilterTextFaults({ faults }: { faults: readonly FilterTextFault[] }) {
  const text = useText();
  const words = useFilterWords();
  const isFieldUnknown = faults.some(({ kind }) => kind === 'unknownField');
  return (
    <Box
      role="alert"
      sx={{
        fontSize: '0.8125rem',
        lineHeight: 1.5,
        color: 'error.main',
        overflowWrap: 'anywhere',
        mt: faults.length > 0 ? 0.5 : 0,
      }}
    >
      {faults.map((fault, index) => (
        <div key={index}>
          {fault.kind === 'badValue'
            ? text('filter.badValue', {
                field: fault.field,
                value: fault.value,
                wants: text(wants(fault.name)),
                name: words.name(fault.name),
              })
            : sentence(fault, text)}
        </div>
      ))}
      {isFieldUnknown && (
        <Box sx={{ color: 'text.secondary' }}>
          {text('filter.known', { words: OFFERED_WORDS.map(({ word }) => word).join(', ') })}
        </Box>
      )}
    </Box>
  );
}

function sentence(fault: Exclude<FilterTextFault, { kind: 'badValue' }>, text: Text): string {
  if (fault.kind === 'noValue') return text('filter.noValue', { field: fault.field });
  return fault.meant === undefined
    ? text('filter.unknownField', { field: fault.field })
    : text('filter.unknownFieldMeant', { field: fault.field, meant: fault.meant });
}

function wants(name: Extract<FilterTextFault, { kind: 'badValue' }>['name']): TextKey {
  switch (name) {
    case 'failedAfter':
    case 'failedBefore':
      return 'filter.wantsTime';
    case 'reason':
      return 'filter.wantsReason';
    case 'outcome':
      return 'filter.wantsOutcome';
    case 'possibleDuplicate':
      return 'filter.wantsYesNo';
    default:
      return 'filter.wantsNumber';
  }
}
