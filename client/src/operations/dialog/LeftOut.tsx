import Info from '@mui/icons-material/InfoOutlined';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';

import type { Action } from '../../../../server/contract/operations.ts';
import type { Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import type { ActSelection } from '../act-selection.ts';
import { matchesOthers, takenByFilter } from '../action-rules.ts';
import type { Question } from './use-question.ts';

/** These have a sentence or a question of their own. */
const SAID_ELSEWHERE: readonly string[] = ['item.notExact', 'item.possibleDuplicate', 'item.wrongStatus'];

interface LeftOutProps {
  action: Action;
  selection: ActSelection;
  question: Question;
  target: Target['kind'];
  includeDuplicates: boolean;
  onIncludeDuplicates: (include: boolean) => void;
}

/** What is left out of an act and why, and what of it wants a second look. */
export function LeftOut({
  action,
  selection,
  question: { leftOut, preview },
  target,
  includeDuplicates,
  onIncludeDuplicates,
}: LeftOutProps) {
  const text = useText();
  const { wrongStatus, nowhereToGo, duplicates, sentBefore, maybeArrived } = leftOut;
  const notes = [
    selection.kind === 'filter' &&
      matchesOthers(action, selection.filter) &&
      text('dialog.onlyTaken', {
        states: takenByFilter(action, selection.filter)
          .map((status) => text(`status.${status}`))
          .join(', '),
      }),
    wrongStatus > 0 && text('dialog.wrongStatus', { count: wrongStatus }),
    nowhereToGo > 0 &&
      text(target === 'queue' ? 'dialog.queueUnknown' : 'dialog.originUnknown', { count: nowhereToGo }),
    sentBefore > 0 && text('dialog.again', { count: sentBefore }),
    maybeArrived > 0 && text('dialog.maybeArrived', { count: maybeArrived }),
    duplicates > 0 && text('dialog.duplicates', { count: duplicates }),
    ...(preview?.notResendable ?? [])
      .filter(({ code }) => !SAID_ELSEWHERE.includes(code))
      .map(({ code, count }) => text('dialog.cannot', { count, why: text(`items.${code}`) })),
  ].filter((note) => note !== false);
  return (
    <>
      {notes.length > 0 && (
        <Box
          component="ul"
          sx={{ listStyle: 'none', m: 0, mt: 1.5, p: 0, display: 'grid', gap: 0.5, fontSize: '0.8125rem' }}
        >
          {notes.map((note) => (
            <Box key={note} component="li" sx={{ display: 'flex', gap: 1 }}>
              <Info aria-hidden sx={{ fontSize: '1rem', mt: '2px', color: (theme) => theme.palette.state.waiting }} />
              {note}
            </Box>
          ))}
        </Box>
      )}
      {action === 'resend' && (duplicates > 0 || includeDuplicates) && (
        <FormControlLabel
          label={text('dialog.includeDuplicates')}
          slotProps={{ typography: { variant: 'body2' } }}
          control={
            <Checkbox
              checked={includeDuplicates}
              onChange={(_event, on) => {
                onIncludeDuplicates(on);
              }}
            />
          }
        />
      )}
    </>
  );
}
