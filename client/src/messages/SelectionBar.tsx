import Close from '@mui/icons-material/Close';
import CompareArrows from '@mui/icons-material/CompareArrows';
import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import { useNotify } from 'ra-core';
import { useState, type ReactNode } from 'react';
import { Link } from 'react-router-dom';

import type { MessageStatus } from '../../../server/contract/messages.ts';
import type { Action } from '../../../server/contract/operations.ts';
import type { Message, MessageFilter } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import type { Selection } from '../list/use-selection.ts';
import type { ActSelection } from '../operations/act-selection.ts';
import { useShortcut } from '../keyboard/use-shortcut.ts';
import { ActButton, useBlockedText } from '../operations/ActButton.tsx';
import { LazyActDialog } from '../operations/dialog/LazyActDialog.tsx';
import { comparePath } from './compare/compare-path.ts';
import { PageCheckbox } from './PageCheckbox.tsx';

const BULK_ACTIONS = ['resend', 'delete', 'restore', 'handle', 'markResent'] as const satisfies Action[];

/** Everything that the list shows a page of. */
export interface Matching {
  /** The ids of the page that is shown. */
  onPage: readonly string[];
  /** Null where the capped count is not exact. */
  total: number | null;
  totalAtLeast: number;
  /** The states that its messages can have. */
  statuses: readonly MessageStatus[];
  filter: () => MessageFilter;
}

interface SelectionBarProps {
  selection: Selection<Message>;
  matching: Matching;
  /** The message that has the focus: what a key acts on where nothing is selected. */
  current: () => Message | undefined;
  /** With a checkbox for the page: where the list itself has no head that could hold one. */
  pageBox: boolean;
  /** Stands where the buttons come when something is selected. */
  hint: ReactNode;
  /** Stands at the end in any case. */
  always: ReactNode;
}

/**
 * What can be done to the selected messages; what fits none of them is disabled and says why. The bar is always there,
 * so that no row moves away from under the pointer when the first one is selected.
 */
export function SelectionBar({ selection, matching, current, pageBox, hint, always }: SelectionBarProps) {
  const text = useText();
  const [act, setAct] = useState<{ action: Action; selection: ActSelection }>();
  const statuses = selection.isWhole ? matching.statuses : selection.records.map(({ status }) => status);
  const count = selection.records.length;
  const blockedText = useBlockedText();
  const notify = useNotify();
  const selectedNow = (): ActSelection =>
    selection.isWhole
      ? { kind: 'filter', filter: matching.filter() }
      : { kind: 'messages', messages: selection.records };
  const actByKey = (action: Action) => {
    if (act) return;
    const message = current();
    const one: Message[] = message ? [message] : [];
    const blocked = blockedText(action, count > 0 ? statuses : one.map(({ status }) => status));
    // Already in the reader's words: not to be translated again.
    if (blocked !== undefined) notify(blocked, { type: 'warning', messageArgs: { _: blocked } });
    else setAct({ action, selection: count > 0 ? selectedNow() : { kind: 'messages', messages: one } });
  };
  useShortcut('r', () => {
    actByKey('resend');
  });
  useShortcut('d', () => {
    actByKey('delete');
  });
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: pageBox ? 'nowrap' : 'wrap',
        alignItems: pageBox && count > 0 ? 'flex-start' : 'center',
        gap: 0.75,
        pl: pageBox ? 0.5 : 1.5,
        pr: 1.5,
        py: 0.5,
        minHeight: 42,
        borderBottom: 1,
        borderColor: 'divider',
        bgcolor: count > 0 ? 'action.selected' : 'background.paper',
        position: 'sticky',
        top: 48,
        zIndex: 3,
      }}
    >
      {pageBox && matching.onPage.length > 0 && <PageCheckbox onPage={matching.onPage} selection={selection} />}
      {count === 0 ? (
        hint
      ) : (
        <Box
          role="toolbar"
          aria-label={text('list.selected', { count })}
          sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.75, flex: 1, minWidth: 0 }}
        >
          <WhatIsSelected selection={selection} matching={matching} />
          {BULK_ACTIONS.filter((one) => one !== 'markResent' || statuses.includes('unknown')).map((action) => (
            <ActButton
              key={action}
              action={action}
              statuses={statuses}
              onAct={() => {
                setAct({ action, selection: selectedNow() });
              }}
            />
          ))}
          {!selection.isWhole && <CompareButton chosen={selection.records} />}
        </Box>
      )}
      {count === 0 && <Box sx={{ flex: 1 }} />}
      {always}
      {act && (
        <LazyActDialog
          action={act.action}
          selection={act.selection}
          onClose={(started) => {
            setAct(undefined);
            if (started) selection.clear();
          }}
        />
      )}
    </Box>
  );
}

/** Exactly two can be looked at side by side. */
function CompareButton({ chosen: [one, other, ...more] }: { chosen: readonly Message[] }) {
  const text = useText();
  if (!one || !other || more.length > 0) return null;
  return (
    <Button
      component={Link}
      to={comparePath(one, other)}
      variant="outlined"
      color="inherit"
      title={text('compare.compareHint')}
      startIcon={<CompareArrows aria-hidden />}
    >
      {text('compare.compare')}
    </Button>
  );
}

/** How many are selected; with the whole page, the way to all that match. */
function WhatIsSelected({ selection, matching }: Pick<SelectionBarProps, 'selection' | 'matching'>) {
  const text = useText();
  const { onPage, total, totalAtLeast } = matching;
  const more = Math.max(totalAtLeast - 1, onPage.length);
  const chosen = new Set(selection.ids);
  const isPageChosen = onPage.length > 0 && onPage.every((id) => chosen.has(id));
  const thereAreMore = total === null || total > chosen.size;
  if (selection.isWhole) {
    return (
      <>
        <Box component="strong" aria-live="polite" sx={{ fontSize: '0.8125rem' }}>
          {total === null
            ? text('list.matchingSelectedMore', { count: more })
            : text('list.matchingSelected', { count: total })}
        </Box>
        <Button onClick={selection.clear} sx={{ mr: 1 }}>
          {text('list.clear')}
        </Button>
      </>
    );
  }
  return (
    <>
      <IconButton size="small" aria-label={text('list.clearSelection')} onClick={selection.clear} sx={{ ml: -0.5 }}>
        <Close fontSize="small" />
      </IconButton>
      <Box component="strong" sx={{ fontSize: '0.8125rem', mr: 1 }}>
        {text('list.selected', { count: chosen.size })}
      </Box>
      {isPageChosen && thereAreMore && (
        <Button onClick={selection.selectWhole} sx={{ mr: 1 }}>
          {total === null
            ? text('list.selectMatchingMore', { count: more })
            : text('list.selectMatching', { count: total })}
        </Button>
      )}
    </>
  );
}
