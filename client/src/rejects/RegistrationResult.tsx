import Box from '@mui/material/Box';

import { REGISTRATION_OUTCOMES } from '../../../server/contract/rejects.ts';
import type { RegistrationCounts } from '../../../server/contract/schemas/rejects.ts';
import { useText } from '../i18n/use-text.ts';

/** How many were registered, and what became of the others: one line each. */
export function RegistrationResult({ counts }: { counts: RegistrationCounts }) {
  const text = useText();
  const said = REGISTRATION_OUTCOMES.filter((outcome) => counts[outcome] > 0);
  if (said.length === 0) return <div>{text('registration.nothing')}</div>;
  return (
    <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
      {said.map((outcome) => (
        <li key={outcome}>{text(`registration.${outcome}`, { count: counts[outcome] })}</li>
      ))}
    </Box>
  );
}
