import type { Settings, SettingsChange } from '../../../server/contract/schemas/settings.ts';
import type { RetentionTerms } from '../api/office.ts';

const FIELDS = [
  'reasonRequiredFrom',
  'largeOperationFrom',
  'approvalFrom',
  'contentsKeptDays',
  'recordsKeptDays',
] as const;
/** Numbers from which on something holds; empty: never. */
const LIMITS = ['reasonRequiredFrom', 'largeOperationFrom', 'approvalFrom'] as const;
export type SettingsField = (typeof FIELDS)[number];

/** The settings as they stand in the form: text until they are saved. Empty is null. */
export type SettingsForm = Record<SettingsField, string>;

/** What the fields take; `mayBeEmpty` where the setting can be without a value. */
export const SETTING_RANGES = {
  reasonRequiredFrom: { from: 1, to: 1_000_000_000, mayBeEmpty: true },
  largeOperationFrom: { from: 1, to: 1_000_000_000, mayBeEmpty: true },
  approvalFrom: { from: 1, to: 1_000_000_000, mayBeEmpty: true },
  contentsKeptDays: { from: 1, to: 36_500, mayBeEmpty: false },
  recordsKeptDays: { from: 1, to: 36_500, mayBeEmpty: true },
} as const;

export function asForm(settings: Settings): SettingsForm {
  const asText = (field: SettingsField) => String(settings[field] ?? '');
  return {
    reasonRequiredFrom: asText('reasonRequiredFrom'),
    largeOperationFrom: asText('largeOperationFrom'),
    approvalFrom: asText('approvalFrom'),
    contentsKeptDays: asText('contentsKeptDays'),
    recordsKeptDays: asText('recordsKeptDays'),
  };
}

/** The value of a field; undefined where it is not one. */
export function fieldValue(field: SettingsField, text: string): number | null | undefined {
  const { from, to, mayBeEmpty } = SETTING_RANGES[field];
  const trimmed = text.trim();
  if (trimmed === '') return mayBeEmpty ? null : undefined;
  const value = Number(trimmed);
  return /^\d{1,10}$/.test(trimmed) && value >= from && value <= to ? value : undefined;
}

export function wrongSettings(form: SettingsForm): SettingsField[] {
  return FIELDS.filter((field) => fieldValue(field, form[field]) === undefined);
}

/** Only what is not as it was: two administrators do not write over what the other changed. */
export function changeOf(form: SettingsForm, settings: Settings): SettingsChange {
  const change: SettingsChange = {};
  const contentsKeptDays = fieldValue('contentsKeptDays', form.contentsKeptDays);
  const recordsKeptDays = fieldValue('recordsKeptDays', form.recordsKeptDays);
  for (const field of LIMITS) {
    const value = fieldValue(field, form[field]);
    if (value !== undefined && value !== settings[field]) change[field] = value;
  }
  if (typeof contentsKeptDays === 'number' && contentsKeptDays !== settings.contentsKeptDays) {
    change.contentsKeptDays = contentsKeptDays;
  }
  if (recordsKeptDays !== undefined && recordsKeptDays !== settings.recordsKeptDays) {
    change.recordsKeptDays = recordsKeptDays;
  }
  return change;
}

/** The retention terms that a change would bring; undefined where it leaves them as they are. */
export function changedTerms(change: SettingsChange, settings: Settings): RetentionTerms | undefined {
  if (change.contentsKeptDays === undefined && change.recordsKeptDays === undefined) return undefined;
  return {
    contentsKeptDays: change.contentsKeptDays ?? settings.contentsKeptDays,
    recordsKeptDays: change.recordsKeptDays === undefined ? settings.recordsKeptDays : change.recordsKeptDays,
  };
}
