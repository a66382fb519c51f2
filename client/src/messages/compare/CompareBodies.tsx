import Box from '@mui/material/Box';
import { useLocale } from 'ra-core';
import { useMemo, type ReactNode } from 'react';

import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useText } from '../../i18n/use-text.ts';
import { useBlocked } from '../../session/use-user.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { GatedButton } from '../../show/GatedButton.tsx';
import { formatBytes } from '../../show/numbers.ts';
import { FORMATTED_WHOLE } from '../body/body-content.ts';
import { useBodyContent } from '../body/use-body-content.ts';
import { comparedBodies } from './compared-bodies.ts';
import { LineDiff } from './LineDiff.tsx';

interface CompareBodiesProps {
  left: MessageDetail;
  right: MessageDetail;
  sides: { left: string; right: string };
  all: boolean;
}

/** The bodies line by line. Of big ones the beginning, and the whole where somebody asks for it. */
export function CompareBodies({ left, right, sides, all }: CompareBodiesProps) {
  const text = useText();
  const locale = useLocale();
  const blocked = useBlocked('messages.reveal');
  const one = useBodyContent(left, office.bodyPath(left.id));
  const other = useBodyContent(right, office.bodyPath(right.id));
  const bodies = useMemo(
    () => (one.content && other.content ? comparedBodies(one.content, other.content) : undefined),
    [one.content, other.content],
  );
  if (!bodies) return <Note>{text('compare.purged')}</Note>;
  if (left.masked.body !== null || right.masked.body !== null) return <Note>{text('masking.compareHidden')}</Note>;
  const isPart = one.content?.truncated === true || other.content?.truncated === true;
  const error = one.error ?? other.error;
  return (
    <>
      {isPart && (
        <Note>
          {text('compare.beginning')}{' '}
          {Math.max(left.bodySize, right.bodySize) > FORMATTED_WHOLE ? (
            text('compare.tooLarge', { size: formatBytes(FORMATTED_WHOLE, locale) })
          ) : (
            <GatedButton
              variant="outlined"
              blocked={blocked}
              loading={one.isLoading || other.isLoading}
              hint={text('body.recorded')}
              onClick={() => {
                if (one.content?.truncated) one.loadWhole();
                if (other.content?.truncated) other.loadWhole();
              }}
            >
              {text('compare.loadBoth')}
            </GatedButton>
          )}
          {error !== null && <FaultNotice error={error} />}
        </Note>
      )}
      {left.masked.count + right.masked.count > 0 && <Note>{text('masking.compareMasked')}</Note>}
      {bodies.as === 'hex' && <Note>{text('compare.asHex')}</Note>}
      <LineDiff label={text('tab.body')} left={bodies.left} right={bodies.right} sides={sides} all={all} />
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return <Box sx={{ px: 2, py: 1, fontSize: '0.8125rem', color: 'text.secondary' }}>{children}</Box>;
}
