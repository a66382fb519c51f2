import BackHand from '@mui/icons-material/BackHandOutlined';
import Check from '@mui/icons-material/Check';
import Delete from '@mui/icons-material/DeleteOutline';
import Restore from '@mui/icons-material/RestoreFromTrashOutlined';
import Send from '@mui/icons-material/SendOutlined';
import type { SvgIconComponent } from '@mui/icons-material';

import type { MessageStatus } from '../../../server/contract/messages.ts';
import type { Action } from '../../../server/contract/operations.ts';
import { useText } from '../i18n/use-text.ts';
import { useBlocked } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { allows } from './action-rules.ts';

const ICONS: Readonly<Record<Action, SvgIconComponent>> = {
  resend: Send,
  delete: Delete,
  restore: Restore,
  handle: BackHand,
  markResent: Check,
};

interface ActButtonProps {
  action: Action;
  /** The states of the messages it would act on. */
  statuses: readonly MessageStatus[];
  onAct: () => void;
  main?: boolean;
}

/** The button of an act. Where it cannot be, it is disabled and says why. */
export function ActButton({ action, statuses, onAct, main = false }: ActButtonProps) {
  const reason = useActBlocked(action, statuses);
  const text = useText();
  const Icon = ICONS[action];
  return (
    <GatedButton
      blocked={reason}
      hint={text(`actionHint.${action}`)}
      variant={main ? 'contained' : 'outlined'}
      color={main ? 'primary' : 'inherit'}
      startIcon={<Icon aria-hidden />}
      sx={{ '& .MuiButton-startIcon': { display: { xs: 'none', sm: 'inherit' } } }}
      onClick={onAct}
    >
      {text(`action.${action}`)}
    </GatedButton>
  );
}

/** Why an act cannot be done now; undefined where it can. */
function useActBlocked(action: Action, statuses: readonly MessageStatus[]): string | undefined {
  return useBlockedText()(action, statuses);
}

/** The same for messages that are known only when a key is pressed. */
export function useBlockedText(): (action: Action, statuses: readonly MessageStatus[]) => string | undefined {
  const text = useText();
  const blocked = useBlocked('messages.act');
  return (action, statuses) => {
    if (blocked !== undefined) return blocked;
    if (statuses.length === 0) return text('blocked.nothingSelected');
    return statuses.some((status) => allows(action, status)) ? undefined : text(`blocked.${action}`);
  };
}
