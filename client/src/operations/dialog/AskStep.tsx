import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useEffect, useState } from 'react';

import type { Action } from '../../../../server/contract/operations.ts';
import type { NewOperation, Target } from '../../../../server/contract/schemas/operations.ts';
import { useText } from '../../i18n/use-text.ts';
import { useSettings } from '../../settings/use-settings.ts';
import { FaultNotice } from '../../show/FaultNotice.tsx';
import { GatedButton } from '../../show/GatedButton.tsx';
import { Lines } from '../../show/Lines.tsx';
import { useNow } from '../../show/use-now.ts';
import type { ActSelection } from '../act-selection.ts';
import { FrozenNotice } from '../../settings/FrozenNotice.tsx';
import { EditFirst } from '../../messages/edit/EditFirst.tsx';
import { ApprovalNotice } from '../approval/ApprovalNotice.tsx';
import { isTooLarge } from '../approval/approval-words.ts';
import { DestinationList } from './DestinationList.tsx';
import { Inexact } from './Inexact.tsx';
import { LeftOut } from './LeftOut.tsx';
import { asChoices, isUsual, limitOf, sentFirst, USUAL_RESEND, wrongFields } from './resend-form.ts';
import { ResendChoices } from './ResendChoices.tsx';
import { Sample } from './Sample.tsx';
import { StartFault } from './StartFault.tsx';
import { TargetChoice } from './TargetChoice.tsx';
import { useQuestion, type Question } from './use-question.ts';
import { useStartOperation } from './use-start-operation.ts';

/** From so many on, an operation is followed on its own page and not in the dialog. */
const LONG = 100;

interface AskStepProps {
  action: Action;
  selection: ActSelection;
  /** Whether something was decided or typed that would be lost; must be stable. */
  onEdited: (isEdited: boolean) => void;
  onStarted: (operation: { id: string; isLong: boolean }) => void;
  onCancel: () => void;
}

/** The question before an act: how many, where to, how, and why. The button repeats the number. */
export function AskStep({ action, selection, onEdited, onStarted, onCancel }: AskStepProps) {
  const text = useText();
  const now = useNow().getTime();
  const [target, setTarget] = useState<Target>({ kind: 'original' });
  const [includeDuplicates, setIncludeDuplicates] = useState(false);
  const [sendInexact, setSendInexact] = useState(false);
  const [form, setForm] = useState(USUAL_RESEND);
  const [reason, setReason] = useState('');
  const isEdited = reason.trim() !== '' || target.kind === 'custom' || !isUsual(form);
  useEffect(() => {
    onEdited(isEdited);
  }, [isEdited, onEdited]);
  const { restoreCc, restoreExpiration } = form;
  const isResend = action === 'resend';
  const question = useQuestion({
    ...{ action, selection, target, includeDuplicates, sendInexact, restoreCc, restoreExpiration },
  });
  const count = question.count ?? 0;
  const wrong = isResend ? wrongFields(form, count, now) : new Set<never>();
  const sent = isResend ? sentFirst(form, count) : { total: count, first: undefined };
  const { start, isStarting, error } = useStartOperation({
    onStarted: (id) => {
      onStarted({ id, isLong: sent.total >= LONG || sent.first !== undefined || form.startAt !== '' });
    },
    onDrifted: question.askAgain,
  });

  const settings = useSettings();
  const from = settings?.reasonRequiredFrom ?? null;
  // As the office counts: what is selected by a filter only up to the limit, ids as they were handed over.
  const counted = selection.kind === 'filter' ? Math.min(question.selected, limitOf(form) ?? Infinity) : count;
  const going = Math.min(count, limitOf(form) ?? Infinity);
  const tooLarge = isTooLarge(question.preview, counted);
  const reasonNeeded = action === 'handle' || (from !== null && counted >= from);
  const reasonMissing = reasonNeeded && reason.trim() === '';
  const blocked =
    question.count === 0
      ? text('dialog.nothingLeft')
      : question.selection === undefined
        ? text(question.error === null ? 'dialog.counting' : 'dialog.notCounted')
        : wrong.size > 0
          ? text('missing.right')
          : tooLarge
            ? text('approval.tooLargeShort')
            : reasonMissing
              ? text('missing.reason')
              : undefined;
  const title = useTitle(action, question);
  const press = usePressText(action, question, sent, isResend ? limitOf(form) : undefined);
  const confirm = () => {
    if (question.selection === undefined) return;
    const operation: NewOperation = { action, selection: question.selection };
    if (reason.trim() !== '') operation.reason = reason.trim();
    if (isResend) {
      operation.target = target;
      if (includeDuplicates) operation.includePossibleDuplicates = true;
      if (sendInexact) operation.sendInexact = true;
      Object.assign(operation, asChoices(form, count, target.kind));
    }
    start(operation);
  };

  const only =
    isResend && selection.kind === 'messages' && selection.messages.length === 1 ? selection.messages[0] : undefined;
  return (
    <Box
      component="form"
      noValidate
      sx={{ display: 'contents' }}
      onSubmit={(event) => {
        event.preventDefault();
        if (blocked === undefined && !isStarting) confirm();
      }}
    >
      <DialogTitle id="act-title">{title}</DialogTitle>
      <DialogContent>
        {!isResend && (
          <Typography variant="body2" color="text.secondary">
            {text(`dialog.${action}Text`, { count: question.count ?? 2 })}
          </Typography>
        )}
        {isResend && settings?.resendsFrozen && <FrozenNotice frozen={settings.resendsFrozen} />}
        {isResend && <TargetChoice target={target} onChange={setTarget} />}
        {question.count === undefined && question.error === null && (
          <Box role="status" aria-label={text('dialog.counting')}>
            <Lines count={2} />
          </Box>
        )}
        {question.error !== null && <FaultNotice error={question.error} meaning={text('dialog.notCounted')} />}
        {isResend && <DestinationList destinations={question.destinations} preview={question.preview} />}
        <ApprovalNotice preview={question.preview} going={going} counted={counted} />
        <LeftOut
          action={action}
          selection={selection}
          question={question}
          target={target.kind}
          includeDuplicates={includeDuplicates}
          onIncludeDuplicates={setIncludeDuplicates}
        />
        <Inexact inexact={question.preview?.inexact ?? null} isSent={sendInexact} onSend={setSendInexact} />
        {selection.kind === 'filter' && <Sample messages={question.preview?.sample ?? []} />}
        {isResend && count > 0 && (
          <ResendChoices form={form} onChange={setForm} count={count} target={target.kind} wrong={wrong} />
        )}
        <TextField
          fullWidth
          multiline
          maxRows={5}
          size="small"
          margin="normal"
          autoFocus={!isResend}
          required={reasonNeeded}
          label={text(reasonNeeded ? 'dialog.reason' : 'dialog.reasonOptional')}
          placeholder={text(action === 'handle' ? 'dialog.handleReasonPlaceholder' : 'dialog.reasonPlaceholder')}
          helperText={
            reasonNeeded && action !== 'handle' && from !== null
              ? text('dialog.reasonRequiredFrom', { count: from })
              : text('dialog.reasonHint')
          }
          value={reason}
          onChange={(event) => {
            setReason(event.target.value);
          }}
          slotProps={{ htmlInput: { maxLength: 2000 } }}
        />
        {error !== null && <StartFault error={error} />}
      </DialogContent>
      <DialogActions>
        {only && <EditFirst message={only} />}
        <Button color="inherit" onClick={onCancel}>
          {text('common.cancel')}
        </Button>
        <GatedButton
          blocked={isStarting ? text('dialog.working') : blocked}
          type="submit"
          variant="contained"
          color={action === 'delete' ? 'error' : 'primary'}
        >
          {isStarting ? text('dialog.working') : press}
        </GatedButton>
      </DialogActions>
    </Box>
  );
}

function useTitle(action: Action, { count, isMore }: Question): string {
  const text = useText();
  if (count === undefined) return text(`action.${action}`);
  return text(`${isMore ? 'dialogMore' : 'dialog'}.${action}`, { count });
}

/** What the button does, with the number: those that go at once, of all that go. */
function usePressText(
  action: Action,
  question: Question,
  { total, first }: { total: number; first: number | undefined },
  limit: number | undefined,
): string {
  const text = useText();
  const { count, isMore } = question;
  const title = useTitle(action, question);
  if (count === undefined) return text('dialog.counting');
  if (count === 0) return text('dialog.nothingLeft');
  const isLimited = total < count;
  if (first !== undefined) {
    return text(isMore && !isLimited ? 'dialogMore.resendFirst' : 'dialog.resendFirst', { count: total, first });
  }
  if (isLimited) return text(isMore ? 'dialogMore.resendFirst' : 'dialog.resendFirst', { count, first: total });
  // More than anybody counted to, but no more than that.
  if (isMore && limit !== undefined) return text('dialog.resendAtMost', { count: limit });
  return title;
}
