import { SET_GROUP_STATES, type SetGroupState } from '../../../server/contract/groups.ts';
import type { Group, GroupChange } from '../../../server/contract/schemas/groups.ts';

/** What a person decides about a group, as fields. */
export interface GroupForm {
  /** Empty: as it is, where nobody can set that (regressed). */
  state: SetGroupState | '';
  /** Local, as the field has it. */
  snoozedUntil: string;
  /** Empty for nobody. */
  assignee: string;
  note: string;
  trackerUrl: string;
}

export function asForm(group: Group, now: number): GroupForm {
  return {
    state: SET_GROUP_STATES.find((state) => state === group.state) ?? '',
    snoozedUntil: localTime(group.snoozedUntil === null ? now + 24 * 3_600_000 : Date.parse(group.snoozedUntil)),
    assignee: group.assignee ?? '',
    note: group.note ?? '',
    trackerUrl: group.trackerUrl ?? '',
  };
}

/** Whether a field was typed into that is another than in the group, also where the office would not take it. */
export function isEdited(typed: Partial<GroupForm>, group: Group, now: number): boolean {
  const form = asForm(group, now);
  return Object.keys(form).some((field) => {
    const name = field as keyof GroupForm;
    return typed[name] !== undefined && typed[name] !== form[name];
  });
}

/** What of the form is another than in the group; the version is that which the form was filled from. */
export function changeOf(typed: Partial<GroupForm>, group: Group, now: number, version: number): GroupChange {
  const before = asForm(group, now);
  const form = { ...before, ...typed };
  const snoozes = form.state === 'snoozed' && (before.state !== 'snoozed' || form.snoozedUntil !== before.snoozedUntil);
  // A field that was emptied is no time; `wrongFields` says so.
  const until = new Date(form.snoozedUntil);
  return {
    version,
    ...(snoozes && !Number.isNaN(until.getTime())
      ? { state: 'snoozed' as const, snoozedUntil: until.toISOString() }
      : form.state !== 'snoozed' && form.state !== '' && form.state !== before.state
        ? { state: form.state }
        : {}),
    ...(form.assignee === before.assignee ? {} : { assignee: form.assignee === '' ? null : form.assignee }),
    ...(form.note.trim() === before.note ? {} : { note: form.note.trim() === '' ? null : form.note.trim() }),
    ...(form.trackerUrl.trim() === before.trackerUrl
      ? {}
      : { trackerUrl: form.trackerUrl.trim() === '' ? null : form.trackerUrl.trim() }),
  };
}

/** Fields that the office would not take. */
export function wrongFields(form: GroupForm, now: number): ReadonlySet<'snoozedUntil' | 'trackerUrl'> {
  const wrong = new Set<'snoozedUntil' | 'trackerUrl'>();
  const until = Date.parse(form.snoozedUntil);
  if (form.state === 'snoozed' && !(until > now && until < now + 366 * 24 * 3_600_000)) wrong.add('snoozedUntil');
  if (form.trackerUrl.trim() !== '' && !isWebAddress(form.trackerUrl.trim())) wrong.add('trackerUrl');
  return wrong;
}

/** An address that a browser opens and does not run. */
export function isWebAddress(url: string): boolean {
  return URL.canParse(url) && ['http:', 'https:'].includes(new URL(url).protocol);
}

/** As a `datetime-local` field takes it. */
function localTime(at: number): string {
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
