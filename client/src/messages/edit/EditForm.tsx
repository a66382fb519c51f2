import Box from '@mui/material/Box';
import { useReducer, useState } from 'react';
import { useNavigate } from 'react-router-dom';

import type { EditableContents, Editing } from '../../../../server/contract/schemas/drafts.ts';
import type { MessageDetail } from '../../../../server/contract/schemas/messages.ts';
import { office } from '../../api/office.ts';
import { useSessionGuard } from '../../api/use-session-guard.ts';
import { useText } from '../../i18n/use-text.ts';
import { BackLink } from '../../show/BackLink.tsx';
import { ConfirmDialog } from '../../show/ConfirmDialog.tsx';
import { PageHeader } from '../../show/PageHeader.tsx';
import { useSay } from '../../show/use-say.ts';
import { useUnsavedEdits } from '../../show/use-unsaved-edits.ts';
import { jsonFault, placeOf } from '../body/json-fault.ts';
import { BodyPanel } from './BodyPanel.tsx';
import { DraftInfo } from './DraftInfo.tsx';
import { changeForm, contentsOf, faultCount, formOf, isTouched, lockedNames, newDraftOf } from './draft-form.ts';
import { useSaveDraft } from './draft-queries.ts';
import { EditActions } from './EditActions.tsx';
import { EditFault } from './EditFault.tsx';
import { HeadersPanel } from './HeadersPanel.tsx';
import { LockedPanel } from './LockedPanel.tsx';
import { OtherContents } from './OtherContents.tsx';
import { Step } from './parts.tsx';
import { PropertiesPanel } from './PropertiesPanel.tsx';
import { ReviewStep } from './ReviewStep.tsx';
import { utf8Length } from './body-text.ts';

/** What is in the form where it is opened: the draft, unless that is of contents which are not the latest. */
function startOf(editing: Editing): EditableContents {
  return editing.draft && !editing.draft.outdated ? editing.draft.contents : editing.original;
}

/** Contents of somebody else, or of before, that stand against those in the form. */
interface Other {
  why: 'changed' | 'outdated';
  /** What the office has now. */
  editing: Editing;
}

interface EditFormProps {
  message: MessageDetail;
  start: Editing;
  /** What an earlier edit sent: not saved again yet. Where there is a draft, that is gone on with. */
  from: EditableContents | undefined;
}

/**
 * An edit, from the message as it failed to the draft that is sent.
 *
 * | step | shows | leaves it by |
 * |---|---|---|
 * | edit | body, headers and properties as fields | review: the draft is saved → review |
 * | review | what the office has saved, beside the original; where it goes, and the reason | back → edit; sent → the operation |
 *
 * What is sent is the version of the draft that the review showed, and no other.
 */
export function EditForm({ message, start, from }: EditFormProps) {
  const text = useText();
  const say = useSay();
  const navigate = useNavigate();
  const guard = useSessionGuard();
  const [editing, setEditing] = useState(start);
  const [loaded, setLoaded] = useState(() => formOf(startOf(start), start));
  const [form, act] = useReducer(changeForm, loaded, (saved) =>
    from === undefined || start.draft ? saved : formOf(from, start),
  );
  const [other, setOther] = useState<Other | undefined>(
    start.draft?.outdated === true ? { why: 'outdated', editing: start } : undefined,
  );
  const [step, setStep] = useState<'edit' | 'review'>('edit');
  const [asking, setAsking] = useState<'save' | 'review'>();
  const [isComparing, setComparing] = useState(false);
  const { save, isSaving, error, forgetError } = useSaveDraft(message.id);

  const isDirty = isTouched(form, loaded);
  const { forget } = useUnsavedEdits(isDirty);
  const locked = lockedNames(editing);
  const contents = contentsOf(form, editing);
  const isChanged = contents !== undefined && newDraftOf(contents, editing) !== undefined;
  const hasDraft = editing.draft !== null && !editing.draft.outdated;
  const isJson = form.body !== null && expectsJson(form.properties, editing);
  const fault = isJson && form.body !== null ? jsonFault(form.body) : undefined;
  const place = fault === undefined || form.body === null ? undefined : placeOf(form.body, fault);

  const load = (from: EditableContents, now: Editing) => {
    const next = formOf(from, now);
    setEditing(now);
    setLoaded(next);
    act({ do: 'load', form: next });
  };
  /** What is in the form stays; what it is compared with, and would replace, is what the office has now. */
  const keep = (now: Editing) => {
    setEditing(now);
    setLoaded(formOf(startOf(now), now));
    if (contents !== undefined) act({ do: 'load', form: formOf(contents, now) });
    setOther(undefined);
  };
  const saveNow = async (then: 'save' | 'review') => {
    setAsking(undefined);
    if (contents === undefined || isSaving) return;
    if (then === 'review' && hasDraft && !isDirty) {
      setStep('review');
      return;
    }
    const saved = await save(contents, editing);
    if (saved === undefined) return;
    load(saved.draft?.contents ?? contents, saved);
    setOther(undefined);
    if (then === 'review') setStep('review');
    else say.done('edit.saved');
  };
  const press = (then: 'save' | 'review') => {
    if (place !== undefined && isDirty) setAsking(then);
    else void saveNow(then);
  };
  const compare = async () => {
    setComparing(true);
    try {
      const now = await guard(office.draft(message.id));
      forgetError();
      setOther({ why: now.deathId === editing.deathId ? 'changed' : 'outdated', editing: now });
      setStep('edit');
    } catch (failed) {
      say.failed(failed);
    } finally {
      setComparing(false);
    }
  };
  const back = <BackLink to={`/messages/${message.id}`}>{text('edit.backToMessage')}</BackLink>;

  if (step === 'review' && editing.draft) {
    return (
      <Step key="review">
        <ReviewStep
          before={back}
          message={message}
          editing={editing}
          draft={editing.draft}
          onBack={() => {
            setStep('edit');
          }}
          onStarted={forget}
          onCompare={() => void compare()}
          isComparing={isComparing}
        />
      </Step>
    );
  }
  return (
    <Step key="edit">
      <PageHeader
        before={back}
        title={text('edit.title', { id: message.id })}
        actions={
          <EditActions
            messageId={message.id}
            hasDraft={editing.draft !== null}
            isDirty={isDirty}
            isSaving={isSaving}
            blocked={blockedText()}
            onSave={() => {
              press('save');
            }}
            onReview={() => {
              press('review');
            }}
            onDiscarded={() => {
              forget();
              say.done('edit.discarded');
              void navigate(`/messages/${message.id}`);
            }}
          />
        }
      />
      <DraftInfo draft={editing.draft} isDirty={isDirty} />
      {error !== null && <EditFault error={error} onCompare={() => void compare()} isComparing={isComparing} />}
      {other && (
        <OtherContents
          mine={contents}
          other={other.editing.draft?.contents ?? other.editing.original}
          otherLabel={otherLabel(other)}
          sensitive={other.editing.sensitive}
          onTake={() => {
            load(other.editing.draft?.contents ?? other.editing.original, other.editing);
            setOther(undefined);
          }}
          onKeep={() => {
            keep(other.editing);
          }}
        >
          {otherText(other)}
        </OtherContents>
      )}
      <Box sx={{ mt: 1.5 }}>
        <BodyPanel
          original={editing.original.body}
          value={form.body}
          isJson={isJson}
          mostBytes={editing.mostBodyBytes}
          onChange={(changed) => {
            act({ do: 'body', text: changed });
          }}
        />
        <HeadersPanel rows={form.headers} locked={locked} sensitive={editing.sensitive.headers} onAct={act} />
        <PropertiesPanel
          rows={form.properties}
          locked={editing.locked.properties}
          sensitive={editing.sensitive.properties}
          onAct={act}
        />
        <LockedPanel locked={editing.locked} original={editing.original} />
      </Box>
      {asking && place && (
        <ConfirmDialog
          title={text('edit.json.askTitle')}
          text={text('edit.json.askText', { line: String(place.line), column: String(place.column) })}
          confirm={text('edit.json.keep')}
          cancel={text('edit.json.mend')}
          isBusy={isSaving}
          onConfirm={() => void saveNow(asking)}
          onClose={() => {
            setAsking(undefined);
          }}
        />
      )}
    </Step>
  );

  function blockedText(): string | undefined {
    const faults = faultCount(form, locked);
    if (faults > 0) return text('edit.blocked.faults', { count: faults });
    if (form.body !== null && utf8Length(form.body) > editing.mostBodyBytes) return text('edit.blocked.bodyTooLarge');
    return isChanged ? undefined : text('edit.blocked.unchanged');
  }

  function otherLabel({ editing: { draft } }: Other): string {
    if (draft === null) return text('edit.latestContents');
    return text(draft.outdated ? 'edit.oldDraft' : 'edit.otherDraft');
  }

  function otherText({ why, editing: { draft } }: Other): string {
    if (draft === null) return text(why === 'changed' ? 'edit.draftGone' : 'edit.failedAgain');
    return text(draft.outdated ? 'edit.outdated' : 'edit.changedBy', { name: draft.author });
  }
}

/** Whether the body should be JSON: it was, or its content type says so. */
function expectsJson(
  properties: readonly { name: string; text: string; isRemoved: boolean }[],
  { original }: Editing,
): boolean {
  if (original.body?.encoding === 'utf8' && jsonFault(original.body.text) === undefined) return true;
  return properties.some(({ name, text, isRemoved }) => name === 'contentType' && !isRemoved && /\bjson\b/i.test(text));
}
