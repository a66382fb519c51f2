import Lock from '@mui/icons-material/LockOutlined';
import { useState, type ReactNode } from 'react';
import { useParams, useSearchParams } from 'react-router-dom';

import type { EditableContents, Editing } from '../../../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { needsReveal, RevealFirst } from '../../masking/RevealFirst.tsx';
import { useBlocked, useUser } from '../../session/use-user.ts';
import { BackLink } from '../../show/BackLink.tsx';
import { FaultState } from '../../show/FaultState.tsx';
import { Lines } from '../../show/Lines.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { Panel } from '../../show/Panel.tsx';
import { QuietState } from '../../show/QuietState.tsx';
import { useEditing } from './draft-queries.ts';
import { EditForm } from './EditForm.tsx';
import { useEditBlocked } from './use-edit-blocked.ts';

/** The editor of one message: its draft; without one an edit that was sent before, or the message as it failed. */
export function EditPage() {
  const text = useText();
  const { id = '' } = useParams();
  const user = useUser();
  const blocked = useBlocked('messages.edit');
  const isAllowed = user !== undefined && blocked === undefined;
  const message = useOfficeQuery(['messages', 'one', id], (signal) => office.message(id, signal), {
    enabled: isAllowed,
  });
  const editing = useEditing(id, isAllowed);
  const from = useSearchParams()[0].get('from');
  const earlier = useOfficeQuery(['messages', 'edit', id, from], (signal) => office.edit(id, from ?? '', signal), {
    enabled: isAllowed && from !== null,
    staleTime: Infinity,
    gcTime: 0,
  });
  if (message.data && editing.data && (from === null || earlier.data)) {
    return <Editor key={id} message={message.data} start={editing.data} from={earlier.data?.contents} />;
  }
  const error = editing.error ?? earlier.error ?? message.error;
  return (
    <Around id={id}>
      {blocked !== undefined ? (
        <QuietState icon={Lock} title={text('edit.blocked.title')} text={blocked} />
      ) : needsReveal(error) ? (
        <RevealFirst
          messageId={id}
          onRevealed={() => {
            void editing.refetch();
            if (from !== null) void earlier.refetch();
          }}
        />
      ) : error ? (
        <FaultState
          error={error}
          onRetry={() => {
            void message.refetch();
            void editing.refetch();
            if (from !== null) void earlier.refetch();
          }}
        />
      ) : (
        <Lines count={12} />
      )}
    </Around>
  );
}

interface EditorProps {
  message: MessageDetail;
  start: Editing;
  from: EditableContents | undefined;
}

/** The form, unless the message could not be sent when it was opened: its own resend changes that state. */
function Editor({ message, start, from }: EditorProps) {
  const text = useText();
  const now = useEditBlocked(message);
  const [blocked] = useState(now);
  if (blocked === undefined) return <EditForm message={message} start={start} from={from} />;
  return (
    <Around id={message.id}>
      <QuietState icon={Lock} title={text('edit.blocked.now')} text={blocked} />
    </Around>
  );
}

/** What stands where the form would. */
function Around({ id, children }: { id: string; children: ReactNode }) {
  const text = useText();
  return (
    <>
      <PageHeader
        before={<BackLink to={`/messages/${id}`}>{text('edit.backToMessage')}</BackLink>}
        title={text('edit.title', { id })}
      />
      <Panel>{children}</Panel>
    </>
  );
}
