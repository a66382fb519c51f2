import CompareArrows from '@mui/icons-material/CompareArrows';
import Button from '@mui/material/Button';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useId, useState } from 'react';
import { Link } from 'react-router-dom';

import type { Message } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { Time } from '../../show/Time.tsx';
import { useFaultText } from '../../show/use-fault-text.ts';
import { comparePath } from './compare-path.ts';

/** Leads from a message to its comparison with the one that failed before or after it in the same group. */
export function CompareMenu({ message }: { message: Message }) {
  const text = useText();
  const faultText = useFaultText();
  const menuId = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const { data, error } = useOfficeQuery(
    ['messages', 'beside', message.groupId, message.id],
    async (signal) => {
      const [before, after] = await Promise.all([
        besideIt(message, { sort: '-failedAt', failedBefore: justAfter(message.failedAt) }, signal),
        besideIt(message, { sort: 'failedAt', failedAfter: message.failedAt }, signal),
      ]);
      // Two that failed in the same millisecond are found in both directions.
      return { before, after: after?.id === before?.id ? undefined : after };
    },
    { enabled: anchor !== null },
  );
  const close = () => {
    setAnchor(null);
  };
  const found = [
    { key: 'compare.before' as const, other: data?.before },
    { key: 'compare.after' as const, other: data?.after },
  ];
  const none = data && !data.before && !data.after;
  return (
    <>
      <Button
        color="inherit"
        startIcon={<CompareArrows aria-hidden />}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        aria-controls={anchor ? menuId : undefined}
        onClick={(event) => {
          setAnchor(event.currentTarget);
        }}
        sx={{ py: 0, color: 'text.secondary' }}
      >
        {text('compare.with')}
      </Button>
      <Menu id={menuId} anchorEl={anchor} open={anchor !== null} onClose={close}>
        {found.flatMap(({ key, other }) =>
          other
            ? [
                <MenuItem key={key} component={Link} to={comparePath(message, other)} onClick={close} sx={{ gap: 1 }}>
                  {text(key, { id: other.id })} <Time at={other.failedAt} />
                </MenuItem>,
              ]
            : [],
        )}
        {none && <MenuItem disabled>{text('compare.onlyOne')}</MenuItem>}
        {!data && <MenuItem disabled>{error ? faultText(error).what : text('app.loading')}</MenuItem>}
        <MenuItem component={Link} to={`/messages?status=all&groupId=${message.groupId}`} onClick={close}>
          {text('compare.choose')}
        </MenuItem>
      </Menu>
    </>
  );
}

interface Direction {
  sort: string;
  failedBefore?: string;
  failedAfter?: string;
}

/** The nearest other message of its group in one direction. */
async function besideIt(
  { id, groupId }: Message,
  direction: Direction,
  signal: AbortSignal,
): Promise<Message | undefined> {
  const { data } = await office.list('messages', { groupId, perPage: 2, ...direction }, signal);
  return data.find((other) => other.id !== id);
}

/** Ranges of time are half open, so that one of the same millisecond would be left out. */
function justAfter(at: string): string {
  return new Date(Date.parse(at) + 1).toISOString();
}
