import Lock from '@mui/icons-material/LockOutlined';
import { useParams } from 'react-router-dom';

import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { useUser } from '../../session/use-user.ts';
import { BackLink } from '../../show/BackLink.tsx';
import { FaultState } from '../../show/FaultState.tsx';
import { Lines } from '../../show/Lines.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { Panel } from '../../show/Panel.tsx';
import { QuietState } from '../../show/QuietState.tsx';
import { useEditing } from './draft-queries.ts';
import { EditForm } from './EditForm.tsx';
import { useEditRoleBlocked } from './use-edit-blocked.ts';

/** The editor of one message: its draft, or the message as it failed where there is none. */
export function EditPage() {
  const text = useText();
  const { id = '' } = useParams();
  const user = useUser();
  const blocked = useEditRoleBlocked();
  const isAllowed = user !== undefined && blocked === undefined;
  const message = useOfficeQuery(['messages', 'one', id], (signal) => office.message(id, signal), {
    enabled: isAllowed,
  });
  const editing = useEditing(id, isAllowed);
  if (message.data && editing.data) return <EditForm key={id} message={message.data} start={editing.data} />;
  const error = editing.error ?? message.error;
  return (
    <>
      <PageHeader
        before={<BackLink to={`/messages/${id}`}>{text('edit.backToMessage')}</BackLink>}
        title={text('edit.title', { id })}
      />
      <Panel>
        {blocked !== undefined ? (
          <QuietState icon={Lock} title={text('edit.blocked.title')} text={blocked} />
        ) : error ? (
          <FaultState
            error={error}
            onRetry={() => {
              void message.refetch();
              void editing.refetch();
            }}
          />
        ) : (
          <Lines count={12} />
        )}
      </Panel>
    </>
  );
}
