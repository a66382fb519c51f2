import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';

import { useText } from '../../i18n/use-text.ts';
import { visuallyHidden } from '../../show/visually-hidden.ts';
import type { Difference } from './difference.ts';

const SIGNS: Readonly<Record<Difference, string>> = { same: '', changed: '≠', onlyLeft: '−', onlyRight: '+' };

/** Says how something differs: by a sign, and in words for who does not see it. */
export function Sign({ of: difference }: { of: Difference }) {
  const text = useText();
  return (
    <Box
      component="span"
      title={difference === 'same' ? undefined : text(`difference.${difference}`)}
      sx={{ fontWeight: 700, color: (theme: Theme) => colourOf(difference, theme) }}
    >
      <span aria-hidden>{SIGNS[difference]}</span>
      {difference !== 'same' && <span style={visuallyHidden}>{text(`difference.${difference}`)}</span>}
    </Box>
  );
}

function colourOf(difference: Difference, { palette }: Theme): string {
  if (difference === 'onlyLeft') return palette.state.bad;
  return difference === 'onlyRight' ? palette.state.good : palette.state.waiting;
}
