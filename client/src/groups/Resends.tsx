import Box from '@mui/material/Box';

import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';

/** How many of a group were resent, and how many of those came back. */
export function Resends({ group: { resent, cameBack } }: { group: Pick<GroupRow, 'resent' | 'cameBack'> }) {
  const text = useText();
  if (resent === 0 && cameBack === 0) return <span aria-label={text('groups.neverResent')}>–</span>;
  return (
    <>
      {text('groups.resent', { count: resent })}
      <Box sx={{ fontSize: '0.75rem', color: cameBack > 0 ? 'state.bad' : 'text.secondary' }}>
        {text(cameBack > 0 ? 'groups.cameBack' : 'groups.noneCameBack', { count: cameBack })}
      </Box>
    </>
  );
}
