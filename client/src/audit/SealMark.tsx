import Hourglass from '@mui/icons-material/HourglassEmpty';
import Remove from '@mui/icons-material/RemoveCircleOutline';
import Verified from '@mui/icons-material/VerifiedUserOutlined';

import type { SealState } from '../../../server/contract/audit.ts';
import { useText } from '../i18n/use-text.ts';
import { Mark } from '../show/Mark.tsx';
import type { Look } from '../show/marks.ts';

const LOOKS: Readonly<Record<SealState, Look>> = {
  sealed: { icon: Verified, colour: 'quiet' },
  waiting: { icon: Hourglass, colour: 'waiting' },
  off: { icon: Remove, colour: 'quiet' },
};

/** Whether an event is in the chain of seals. There is one in every row: what it means is a plain title. */
export function SealMark({ seal }: { seal: SealState }) {
  const text = useText();
  return (
    <span title={text(`sealMeans.${seal}`)}>
      <Mark look={LOOKS[seal]} label={text(`seal.${seal}`)} />
    </span>
  );
}
