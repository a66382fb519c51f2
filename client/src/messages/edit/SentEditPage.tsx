import Alert from '@mui/material/Alert';
import Box from '@mui/material/Box';
import { useNavigate, useParams } from 'react-router-dom';

import type { EditWithOriginal } from '../../../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useOfficeQuery } from '../../api/use-office-query.ts';
import { useText } from '../../i18n/use-text.ts';
import { usePolling } from '../../live/live-context.ts';
import { needsReveal, RevealFirst } from '../../masking/RevealFirst.tsx';
import { AppLink } from '../../show/AppLink.tsx';
import { BackLink } from '../../show/BackLink.tsx';
import { Facts } from '../../show/Facts.tsx';
import { FaultState } from '../../show/FaultState.tsx';
import { GatedButton } from '../../show/GatedButton.tsx';
import { Lines } from '../../show/Lines.tsx';
import { OutcomeMark } from '../../show/OutcomeMark.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { Panel } from '../../show/Panel.tsx';
import { Time } from '../../show/Time.tsx';
import { ContentsDiff } from './ContentsDiff.tsx';
import { editPath } from './edit-paths.ts';
import { KeyChanges } from './KeyChanges.tsx';
import { useEditBlocked } from './use-edit-blocked.ts';

/** One edit to be read: who, when, with which operation, what came of it, and what it changed. */
export function SentEditPage() {
  const text = useText();
  const { id = '', editId = '' } = useParams();
  const { data, error, refetch } = useOfficeQuery(
    ['messages', 'edit', id, editId],
    (signal) => office.edit(id, editId, signal),
    // What was sent does not change; what came of it may not be known yet.
    { refetchInterval: usePolling(10_000), gcTime: 0 },
  );
  const message = useOfficeQuery(['messages', 'one', id], (signal) => office.message(id, signal));
  return (
    <>
      <PageHeader
        before={<BackLink to={`/messages/${id}?tab=timeline`}>{text('messages.number', { id })}</BackLink>}
        title={text('edit.pageTitle', { id, editId })}
        actions={data?.operationId && message.data && <EditAgain message={message.data} editId={editId} />}
      />
      {data ? (
        <SentEdit edit={data} />
      ) : (
        <Panel>
          {needsReveal(error) ? (
            <RevealFirst messageId={id} onRevealed={() => void refetch()} />
          ) : error ? (
            <FaultState error={error} onRetry={() => void refetch()} />
          ) : (
            <Lines count={10} />
          )}
        </Panel>
      )}
    </>
  );
}

/** The way back into the editor with what was sent: it may not have been delivered, or have failed again. */
function EditAgain({ message, editId }: { message: MessageDetail; editId: string }) {
  const text = useText();
  const navigate = useNavigate();
  const hasDraft = message.edits.some(({ operationId }) => operationId === null);
  const blocked = useEditBlocked(message) ?? (hasDraft ? text('edit.blocked.draft') : undefined);
  return (
    <GatedButton
      variant="outlined"
      blocked={blocked}
      hint={text('edit.againHint')}
      onClick={() => {
        void navigate(editPath(message.id, editId));
      }}
    >
      {text('edit.again')}
    </GatedButton>
  );
}

/** Nobody is warned of what is sent already. */
const NOTHING_SENSITIVE = { headers: [], properties: [] };

function SentEdit({
  edit: { author, savedAt, operationId, outcome, changed, contents, original },
}: {
  edit: EditWithOriginal;
}) {
  const text = useText();
  const nothing = { body: null, headersTyped: [], properties: {} };
  return (
    <>
      <Box sx={{ mb: 2 }}>
        {operationId === null ? (
          <Alert severity="info" variant="outlined">
            {text('edit.pageDraft')}
          </Alert>
        ) : (
          <Facts
            facts={[
              { name: text('edit.facts.by'), value: author },
              { name: text('edit.facts.at'), value: <Time at={savedAt} show="clock" /> },
              {
                name: text('edit.facts.operation'),
                value: (
                  <AppLink to={`/operations/${operationId}`}>
                    {text('timeline.operationLink', { id: operationId })}
                  </AppLink>
                ),
              },
              {
                name: text('edit.facts.outcome'),
                value: outcome === null ? text('edit.facts.waiting') : <OutcomeMark outcome={outcome} />,
              },
            ]}
          />
        )}
      </Box>
      <KeyChanges keys={changed.keys} />
      {!original && (
        <Alert severity="info" variant="outlined" sx={{ mb: 2 }}>
          {text('edit.noOriginal')}
        </Alert>
      )}
      <ContentsDiff
        before={original ?? nothing}
        after={contents}
        beforeLabel={text('edit.asItFailed')}
        afterLabel={text('edit.edited')}
        sensitive={NOTHING_SENSITIVE}
      />
    </>
  );
}
