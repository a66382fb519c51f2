import Delete from '@mui/icons-material/DeleteOutline';
import Send from '@mui/icons-material/SendOutlined';
import Box from '@mui/material/Box';
import { useState } from 'react';

import type { GroupRow } from '../../../server/contract/schemas/groups.ts';
import { useText } from '../i18n/use-text.ts';
import { LazyActDialog } from '../operations/dialog/LazyActDialog.tsx';
import { useBlocked } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { pendingOf } from './group-acts.ts';

const ACTS = [
  { action: 'resend', icon: Send },
  { action: 'delete', icon: Delete },
] as const;

interface GroupActsProps {
  group: Pick<GroupRow, 'filter' | 'pending'>;
  /** What it is, for the names of the buttons. */
  name: string;
  /** As the main acts of a page, and not within a row. */
  main?: boolean;
}

/** Resend and delete what of a group waits for a decision, by the dialog that asks. */
export function GroupActs({ group, name, main = false }: GroupActsProps) {
  const text = useText();
  const [asking, setAsking] = useState<'resend' | 'delete'>();
  const filter = pendingOf(group);
  const mayNot = useBlocked('messages.act');
  const blocked =
    mayNot ??
    (filter === null ? text('groups.noFilter') : group.pending === 0 ? text('groups.nothingPending') : undefined);
  return (
    <Box sx={{ display: 'flex', gap: 0.5, flexWrap: main ? 'wrap' : 'nowrap' }}>
      {ACTS.map(({ action, icon: Icon }) => (
        <GatedButton
          key={action}
          blocked={blocked}
          hint={text(`groups.${action}Hint`)}
          aria-label={main ? undefined : text('groups.act', { action: text(`action.${action}`), name })}
          variant={main && action === 'resend' ? 'contained' : 'outlined'}
          color={main && action === 'resend' ? 'primary' : 'inherit'}
          startIcon={main ? <Icon aria-hidden /> : undefined}
          sx={main ? {} : { px: 1, whiteSpace: 'nowrap' }}
          onClick={(event) => {
            event.stopPropagation();
            setAsking(action);
          }}
        >
          {text(`action.${action}`)}
        </GatedButton>
      ))}
      {asking !== undefined && filter !== null && (
        <LazyActDialog
          action={asking}
          selection={{ kind: 'filter', filter }}
          onClose={() => {
            setAsking(undefined);
          }}
        />
      )}
    </Box>
  );
}
