import type { NewOperation, Target } from '../../../../server/contract/schemas/operations.ts';

/** The choices of a resend as they stand in the form: text until they are handed over. */
export interface ResendForm {
  /** Null: all of them. */
  limit: string | null;
  /** Undefined until somebody decides: then it depends on how many there are. */
  sendsFewFirst: boolean | undefined;
  first: string;
  waitMinutes: string;
  then: 'ask' | 'continue';
  rate: string;
  stopWhenCameBack: string;
  /** Local, as the browser's field has it. */
  startAt: string;
  restoreCc: boolean;
  restoreExpiration: boolean;
}

export const USUAL_RESEND: ResendForm = {
  limit: null,
  sendsFewFirst: undefined,
  first: '10',
  waitMinutes: '2',
  then: 'ask',
  rate: '',
  stopWhenCameBack: '',
  startAt: '',
  restoreCc: false,
  restoreExpiration: false,
};

/** Whether nobody has chosen anything yet. */
export function isUsual(form: ResendForm): boolean {
  return Object.entries(USUAL_RESEND).every(([field, value]) => form[field as keyof ResendForm] === value);
}

/** From so many messages on, a few of them go first unless somebody decides otherwise. */
const MANY = 100;

/** What the fields take. */
export const RANGES = {
  limit: { from: 1, to: 1_000_000_000 },
  first: { from: 1, to: 10_000 },
  waitMinutes: { from: 0, to: 1440 },
  rate: { from: 1, to: 100_000 },
  stopWhenCameBack: { from: 0, to: 1_000_000_000 },
} as const;
export type NumberField = keyof typeof RANGES;

export function wholeNumber(text: string, { from, to }: { from: number; to: number }): number | undefined {
  if (!/^\d{1,10}$/.test(text.trim())) return undefined;
  const value = Number(text);
  return value >= from && value <= to ? value : undefined;
}

/** Whether a few are sent first. Where no more than those would go, there is no rest to wait. */
export function sendsFewFirst(form: ResendForm, count: number): boolean {
  return form.sendsFewFirst ?? count >= MANY;
}

/** What is not as it should be, by field. A field that has no say is not looked at. */
export function wrongFields(form: ResendForm, count: number, now: number): Set<NumberField | 'startAt'> {
  const wrong = new Set<NumberField | 'startAt'>();
  const check = (field: NumberField, text: string) => {
    if (wholeNumber(text, RANGES[field]) === undefined) wrong.add(field);
  };
  if (form.limit !== null) check('limit', form.limit);
  if (sendsFewFirst(form, count)) {
    check('first', form.first);
    check('waitMinutes', form.waitMinutes);
  }
  if (form.rate !== '') check('rate', form.rate);
  if (form.stopWhenCameBack !== '') check('stopWhenCameBack', form.stopWhenCameBack);
  if (form.startAt !== '' && !(Date.parse(form.startAt) > now)) wrong.add('startAt');
  return wrong;
}

/** Undefined: all of them. */
export function limitOf({ limit }: ResendForm): number | undefined {
  return limit === null ? undefined : wholeNumber(limit, RANGES.limit);
}

/** How many go out in all as far as it is known, and how many of them before the rest. */
export function sentFirst(form: ResendForm, count: number): { total: number; first: number | undefined } {
  const total = Math.min(count, limitOf(form) ?? count);
  const first = sendsFewFirst(form, count) ? wholeNumber(form.first, RANGES.first) : undefined;
  return { total, first: first !== undefined && first < total ? first : undefined };
}

type Choices = Pick<
  NewOperation,
  'limit' | 'canary' | 'ratePerSecond' | 'stopWhenCameBack' | 'startAt' | 'restoreCc' | 'restoreExpiration'
>;

/** The choices as the office takes them; what was not chosen stays away. */
export function asChoices(form: ResendForm, count: number, target: Target['kind']): Choices {
  const choices: Choices = {};
  const limit = limitOf(form);
  if (limit !== undefined) choices.limit = limit;
  const { first } = sentFirst(form, count);
  const minutes = wholeNumber(form.waitMinutes, RANGES.waitMinutes);
  if (first !== undefined && minutes !== undefined) {
    choices.canary = { first, waitSeconds: minutes * 60, then: form.then };
  }
  const rate = wholeNumber(form.rate, RANGES.rate);
  if (rate !== undefined) choices.ratePerSecond = rate;
  const allowed = wholeNumber(form.stopWhenCameBack, RANGES.stopWhenCameBack);
  if (allowed !== undefined) choices.stopWhenCameBack = allowed;
  if (form.startAt !== '') choices.startAt = new Date(form.startAt).toISOString();
  if (form.restoreCc && target !== 'queue') choices.restoreCc = true;
  if (form.restoreExpiration) choices.restoreExpiration = true;
  return choices;
}
