import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import TextField from '@mui/material/TextField';
import useMediaQuery from '@mui/material/useMediaQuery';
import type { Theme } from '@mui/material/styles';
import { useState, type ReactNode } from 'react';
import { useNavigate } from 'react-router-dom';

import type { EditWithContents, Editing } from '../../../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import type { NewOperation, Target } from '../../../../server/contract/schemas/operations.ts';
import { OfficeError } from '../../api/office-error.ts';
import { useText } from '../../i18n/use-text.ts';
import { ApprovalNotice } from '../../operations/approval/ApprovalNotice.tsx';
import { DestinationList } from '../../operations/dialog/DestinationList.tsx';
import { Inexact } from '../../operations/dialog/Inexact.tsx';
import { LeftOut } from '../../operations/dialog/LeftOut.tsx';
import { ProgressStep } from '../../operations/dialog/ProgressStep.tsx';
import { StartFault } from '../../operations/dialog/StartFault.tsx';
import { TargetChoice } from '../../operations/dialog/TargetChoice.tsx';
import { useQuestion } from '../../operations/dialog/use-question.ts';
import { useStartOperation } from '../../operations/dialog/use-start-operation.ts';
import { FrozenNotice } from '../../settings/FrozenNotice.tsx';
import { useSettings } from '../../settings/use-settings.ts';
import { GatedButton } from '../../show/GatedButton.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { ContentsDiff } from './ContentsDiff.tsx';
import { KeyChanges } from './KeyChanges.tsx';
import { Section } from './parts.tsx';

interface ReviewStepProps {
  before: ReactNode;
  message: MessageDetail;
  editing: Editing;
  /** As the office has saved it: this, and nothing else, is sent. */
  draft: EditWithContents;
  onBack: () => void;
  onStarted: () => void;
  /** Shows what is there now, when somebody else has changed the draft meanwhile. */
  onCompare: () => void;
  isComparing: boolean;
}

/** The last look before an edited message is sent: what is different, where it goes, and why. */
export function ReviewStep(props: ReviewStepProps) {
  const { before, message, editing, draft, onBack, onStarted, onCompare, isComparing } = props;
  const text = useText();
  const navigate = useNavigate();
  const settings = useSettings();
  const small = useMediaQuery((theme: Theme) => theme.breakpoints.down('sm'));
  const [target, setTarget] = useState<Target>({ kind: 'original' });
  const [sendInexact, setSendInexact] = useState(false);
  const [reason, setReason] = useState('');
  const [operationId, setOperationId] = useState<string>();
  const draftVersions = { [message.id]: draft.version };
  const selection = { kind: 'messages' as const, messages: [message] };
  const question = useQuestion({
    ...{ action: 'resend', selection, target, includeDuplicates: true, sendInexact, draftVersions },
    ...{ restoreCc: false, restoreExpiration: false },
  });
  const { start, isStarting, error } = useStartOperation({
    onStarted: (id) => {
      onStarted();
      setOperationId(id);
    },
    onDrifted: question.askAgain,
  });
  const canGo = question.count === 1 && question.selection !== undefined;
  const blocked = reason.trim() === '' ? text('edit.blocked.reason') : canGo ? undefined : text('dialog.nothingLeft');
  const send = () => {
    if (blocked !== undefined || isStarting || operationId !== undefined) return;
    const operation: NewOperation = {
      ...{ action: 'resend', selection: { ids: [message.id] }, edited: true, draftVersions },
      ...{ reason: reason.trim(), target },
    };
    if (sendInexact) operation.sendInexact = true;
    start(operation);
  };
  const isOvertaken = error instanceof OfficeError && ['draft.changed', 'draft.outdated'].includes(error.code);
  return (
    <>
      <PageHeader
        before={before}
        title={text('edit.reviewTitle', { id: message.id })}
        actions={
          <Button variant="outlined" color="inherit" onClick={onBack}>
            {text('edit.backToEditing')}
          </Button>
        }
      />
      <KeyChanges keys={draft.changed.keys} />
      <ContentsDiff
        before={editing.original}
        after={draft.contents}
        beforeLabel={text('edit.asItFailed')}
        afterLabel={text('edit.edited')}
        sensitive={editing.sensitive}
      />
      <Section title={text('edit.sending')}>
        <Box
          component="form"
          noValidate
          sx={{ px: 2, py: 1.5, maxWidth: 720 }}
          onSubmit={(event) => {
            event.preventDefault();
            send();
          }}
        >
          {settings?.resendsFrozen && <FrozenNotice frozen={settings.resendsFrozen} />}
          <TargetChoice target={target} onChange={setTarget} />
          <DestinationList destinations={question.destinations} preview={question.preview} />
          <ApprovalNotice preview={question.preview} going={1} counted={1} />
          <LeftOut
            action="resend"
            selection={selection}
            question={question}
            target={target.kind}
            includeDuplicates={false}
            onIncludeDuplicates={() => undefined}
          />
          <Inexact inexact={question.preview?.inexact ?? null} isSent={sendInexact} onSend={setSendInexact} />
          <TextField
            fullWidth
            multiline
            required
            maxRows={5}
            size="small"
            margin="normal"
            label={text('dialog.reason')}
            placeholder={text('edit.reasonPlaceholder')}
            helperText={text('edit.reasonHint')}
            value={reason}
            onChange={(event) => {
              setReason(event.target.value);
            }}
            slotProps={{ htmlInput: { maxLength: 2000 } }}
          />
          {error !== null && <StartFault error={error} />}
          {isOvertaken && (
            <Button variant="outlined" color="inherit" disabled={isComparing} sx={{ mt: 1 }} onClick={onCompare}>
              {text('edit.compareNow')}
            </Button>
          )}
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1, mt: 1.5 }}>
            <GatedButton type="submit" variant="contained" blocked={blocked} loading={isStarting}>
              {text('edit.send')}
            </GatedButton>
            <Button color="inherit" onClick={onBack}>
              {text('edit.backToEditing')}
            </Button>
          </Box>
        </Box>
      </Section>
      {operationId !== undefined && (
        <Dialog
          open
          fullWidth
          maxWidth="sm"
          fullScreen={small}
          aria-labelledby="act-title"
          onClose={() => void navigate(`/messages/${message.id}`)}
        >
          <ProgressStep operationId={operationId} onClose={() => void navigate(`/messages/${message.id}`)} />
        </Dialog>
      )}
    </>
  );
}
