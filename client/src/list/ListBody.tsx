import Inbox from '@mui/icons-material/InboxOutlined';
import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useLocale } from 'ra-core';
import type { ReactNode } from 'react';

import { useText } from '../i18n/use-text.ts';
import { ScopeNote } from '../session/ScopeNote.tsx';
import { FaultState } from '../show/FaultState.tsx';
import { Lines } from '../show/Lines.tsx';
import { QuietState } from '../show/QuietState.tsx';
import { shortTime } from '../show/times.ts';
import { Pager } from './Pager.tsx';
import type { AddressedList } from './use-addressed-list.ts';

interface ListBodyProps {
  list: AddressedList<unknown>;
  empty: { title: string; text: string; action?: ReactNode };
  children: ReactNode;
  /** `needed`: only where there is more than one page. */
  pager?: 'always' | 'needed';
}

/** The states of a list in one place: loading, failed, empty, out of date, and its rows with the pager. */
export function ListBody({ list, empty, children, pager = 'always' }: ListBodyProps) {
  const text = useText();
  const locale = useLocale();
  if (list.isPending) return <Lines count={10} />;
  if (!list.rows) return <FaultState error={list.error} onRetry={list.reload} />;
  return (
    <>
      {list.error !== null && (
        <Alert
          severity="warning"
          square
          action={
            <Button color="inherit" onClick={list.reload}>
              {text('common.tryAgain')}
            </Button>
          }
        >
          {text('fault.stale', { time: shortTime(new Date(list.updatedAt), new Date(), locale) })}
        </Alert>
      )}
      {list.rows.length === 0 ? (
        <QuietState icon={Inbox} title={empty.title} text={empty.text} note={<ScopeNote />} action={empty.action} />
      ) : (
        <Box
          sx={{
            overflowX: 'auto',
            transition: 'opacity 120ms',
            ...(list.isStale && { opacity: 0.55, pointerEvents: 'none' }),
          }}
          aria-busy={list.isStale}
        >
          {children}
        </Box>
      )}
      {(list.next ?? list.previous ?? list.searchedTo ?? (pager === 'always' && list.rows.length > 0)) && (
        <Box sx={{ borderTop: 1, borderColor: 'divider' }}>
          <Pager list={list} />
        </Box>
      )}
    </>
  );
}
