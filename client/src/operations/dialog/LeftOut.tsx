import Info from '@mui/icons-material/InfoOutlined';
import Box from '@mui/material/Box';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';

import type { OperationPreview, Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import type { Plan } from '../action-rules.ts';

interface LeftOutProps {
  divided: Plan;
  preview: OperationPreview | undefined;
  target: Target['kind'];
  includeDuplicates: boolean;
  onIncludeDuplicates: (include: boolean) => void;
}

/** What is left out of an act and why, and what of it wants a second look. */
export function LeftOut({ divided, preview, target, includeDuplicates, onIncludeDuplicates }: LeftOutProps) {
  const text = useText();
  const duplicatesLeft = divided.possibleDuplicates.filter((message) => !divided.goes.includes(message)).length;
  const notes = [
    divided.wrongStatus.length > 0 && text('dialog.wrongStatus', { count: divided.wrongStatus.length }),
    divided.nowhereToGo.length > 0 &&
      text(target === 'queue' ? 'dialog.queueUnknown' : 'dialog.originUnknown', { count: divided.nowhereToGo.length }),
    divided.sentBefore.length > 0 && text('dialog.again', { count: divided.sentBefore.length }),
    divided.maybeArrived.length > 0 && text('dialog.maybeArrived', { count: divided.maybeArrived.length }),
    duplicatesLeft > 0 && text('dialog.duplicates', { count: duplicatesLeft }),
    // What cannot be sent exactly is a question of its own: `Inexact`.
    ...(preview?.notResendable ?? [])
      .filter(({ code }) => code !== 'item.notExact')
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
      {(duplicatesLeft > 0 || includeDuplicates) && (
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
