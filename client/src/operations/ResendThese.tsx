import Send from '@mui/icons-material/SendOutlined';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';

import type { Outcome } from '../../../server/contract/operations.ts';
import type { Message } from '../../../server/contract/schemas/messages.ts';
import type { Operation } from '../../../server/contract/schemas/operations.ts';
import { office } from '../api/office.ts';
import { useSessionGuard } from '../api/use-session-guard.ts';
import { useText } from '../i18n/use-text.ts';
import { roleReaches, useUser } from '../session/use-user.ts';
import { GatedButton } from '../show/GatedButton.tsx';
import { useSay } from '../show/use-say.ts';
import { LazyActDialog } from './dialog/LazyActDialog.tsx';

/** The most that one selection by ids may hold. */
const MOST = 10_000;
const PER_PAGE = 500;

/** Sends again what of an operation ended in one way. Its messages are read first, as they are now. */
export function ResendThese({ operation, outcome }: { operation: Operation; outcome: Outcome }) {
  const text = useText();
  const user = useUser();
  const guard = useSessionGuard();
  const say = useSay();
  const [messages, setMessages] = useState<readonly Message[]>();
  const read = useMutation({
    mutationFn: () => guard(messagesOf(operation.id, outcome)),
    onSuccess: setMessages,
    onError: say.failed,
  });
  const count = Math.min(operation.outcomes[outcome], MOST);
  return (
    <>
      <GatedButton
        blocked={
          user && !roleReaches(user.role, 'operator')
            ? text('blocked.role', { role: text(`role.${user.role}`) })
            : undefined
        }
        variant="outlined"
        loading={read.isPending}
        startIcon={<Send aria-hidden />}
        onClick={() => {
          read.mutate();
        }}
      >
        {text('operations.resendThese', { count })}
      </GatedButton>
      {messages && (
        <LazyActDialog
          action="resend"
          messages={messages}
          onClose={() => {
            setMessages(undefined);
          }}
        />
      )}
    </>
  );
}

/** The messages of an operation that ended in one way, with the newest first, as many as one selection takes. */
async function messagesOf(operationId: string, outcome: Outcome): Promise<Message[]> {
  const found: Message[] = [];
  let after: string | undefined;
  do {
    const list = await office.list('messages', { operationId, outcome, perPage: PER_PAGE, after });
    found.push(...list.data);
    after = list.pageInfo.hasNextPage ? list.pageInfo.after : undefined;
  } while (after !== undefined && found.length < MOST);
  return found.slice(0, MOST);
}
