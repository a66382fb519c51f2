import VisibilityOff from '@mui/icons-material/VisibilityOffOutlined';
import Visibility from '@mui/icons-material/VisibilityOutlined';
import Alert from '@mui/material/Alert';
import Button from '@mui/material/Button';

import type { MaskedCount } from '../../../server/contract/schemas/masking.ts';
import { useText } from '../i18n/use-text.ts';
import { useUser } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import type { Reveal } from './reveal-context.ts';
import { useRuleName } from './use-rule-name.ts';

interface MaskedNoteProps {
  masked: MaskedCount;
  reveal: Reveal;
  onHide: () => void;
}

const LOOK = { mb: 1.5, py: 0.25, flexWrap: 'wrap', '& .MuiAlert-message': { flex: '1 1 240px' } } as const;

/** How much of what is shown is masked, and the way to see it; or that it is shown, and to whom. */
export function MaskedNote({ masked, reveal, onHide }: MaskedNoteProps) {
  const text = useText();
  const user = useUser();
  const nameOf = useRuleName();
  if (reveal.isRevealed) {
    return (
      <Alert
        severity="warning"
        variant="outlined"
        icon={<Visibility fontSize="small" />}
        data-testid="revealed"
        sx={LOOK}
        action={
          <Button color="inherit" size="small" onClick={onHide}>
            {text('masking.hideAgain')}
          </Button>
        }
      >
        {text('masking.revealedTo', { name: user?.fullName ?? '' })}
      </Alert>
    );
  }
  if (masked.count === 0) return null;
  const rules = masked.rules.map(nameOf).join(', ');
  const values = text('masking.count', { count: masked.count });
  return (
    <Alert
      severity="info"
      variant="outlined"
      icon={<VisibilityOff fontSize="small" />}
      data-testid="masked"
      sx={LOOK}
      action={
        <GatedButton size="small" color="inherit" blocked={reveal.blocked} onClick={reveal.ask}>
          {text('masking.revealAsk')}
        </GatedButton>
      }
    >
      {rules === '' ? values : text('masking.countBy', { values, rules })}
      {masked.body !== null && ` ${text(`masking.hidden.${masked.body}`)}`}
    </Alert>
  );
}
