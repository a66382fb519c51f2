import Close from '@mui/icons-material/Close';
import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import { useState, type ReactNode } from 'react';

import type { Action } from '../../../server/contract/operations.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import { useText } from '../i18n/use-text.ts';
import type { Selection } from '../list/use-selection.ts';
import { ActButton } from '../operations/ActButton.tsx';
import { LazyActDialog } from '../operations/dialog/LazyActDialog.tsx';

const BULK_ACTIONS = ['resend', 'delete', 'restore', 'handle', 'markResent'] as const satisfies Action[];

interface SelectionBarProps {
  selection: Selection<Message>;
  /** Stands where the buttons come when something is selected. */
  hint: ReactNode;
  /** Stands at the end in any case. */
  always: ReactNode;
}

/**
 * What can be done to the selected messages; what fits none of them is disabled and says why. The bar is always there,
 * so that no row moves away from under the pointer when the first one is selected.
 */
export function SelectionBar({ selection, hint, always }: SelectionBarProps) {
  const text = useText();
  const [action, setAction] = useState<Action>();
  const statuses = selection.records.map(({ status }) => status);
  const count = selection.records.length;
  return (
    <Box
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        gap: 0.75,
        px: 1.5,
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
      {count === 0 ? (
        hint
      ) : (
        <Box
          role="toolbar"
          aria-label={text('list.selected', { count })}
          sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 0.75 }}
        >
          <IconButton size="small" aria-label={text('list.clearSelection')} onClick={selection.clear} sx={{ ml: -0.5 }}>
            <Close fontSize="small" />
          </IconButton>
          <Box component="strong" sx={{ fontSize: '0.8125rem', mr: 1 }}>
            {text('list.selected', { count })}
          </Box>
          {BULK_ACTIONS.filter((one) => one !== 'markResent' || statuses.includes('unknown')).map((one) => (
            <ActButton
              key={one}
              action={one}
              statuses={statuses}
              onAct={() => {
                setAction(one);
              }}
            />
          ))}
        </Box>
      )}
      <Box sx={{ flex: 1 }} />
      {always}
      {action && (
        <LazyActDialog
          action={action}
          messages={selection.records}
          onClose={(started) => {
            setAction(undefined);
            if (started) selection.clear();
          }}
        />
      )}
    </Box>
  );
}
