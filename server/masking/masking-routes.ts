import { z } from 'zod';

import { recordAuditEvent } from '../audit/audit-store.ts';
import { MASKING_KINDS, MAX_RULES, type MaskingKind } from '../contract/masking.ts';
import { id } from '../contract/schemas/lists.ts';
import {
  maskingPreview,
  maskingPreviewRequest,
  maskingRule,
  maskingRuleChange,
  maskingRuleList,
  newMaskingRule,
  type MaskingPreview,
  type MaskingPreviewRequest,
  type MaskingRule,
} from '../contract/schemas/masking.ts';
import type { Database, Transaction } from '../database/connect.ts';
import { inTransaction } from '../database/transaction.ts';
import { AppError } from '../web/app-error.ts';
import { route, type Route } from '../web/route.ts';

import { checkRule, compileRules, RuleError } from './compile-rules.ts';
import type { CurrentMasking } from './current-masking.ts';
import { maskSample } from './mask-body.ts';
import { Masking } from './masking.ts';
import {
  deleteMaskingRule,
  insertMaskingRule,
  lockMaskingRule,
  readMaskingRules,
  updateMaskingRule,
} from './masking-rules-store.ts';

const oneRule = z.strictObject({ id });

/** The rules by which messages are masked; every change is on record. */
export function maskingRoutes(database: Database, current: CurrentMasking): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/masking-rules',
      summary: 'What is masked, for everybody',
      access: 'desk.read',
      responses: { 200: { description: 'All rules in one page.', schema: maskingRuleList } },
      handle: async () => {
        const data = await readMaskingRules(database);
        const pageInfo = { hasNextPage: false, hasPreviousPage: false };
        return { status: 200, body: { data, pageInfo, total: data.length, totalAtLeast: data.length } };
      },
    }),
    route({
      method: 'post',
      path: '/api/masking-rules',
      summary: 'Mask something more. Every instance follows within two seconds',
      access: 'masking.edit',
      body: newMaskingRule,
      responses: { 201: { description: 'The rule.', schema: maskingRule } },
      handle: async ({ body, principal, requestId }) => {
        mustBeValid(body);
        const made = await inTransaction(database, async (transaction) => {
          if ((await readMaskingRules(transaction)).length >= MAX_RULES)
            throw new AppError('masking.tooManyRules', { params: { most: MAX_RULES } });
          const newId = await insertMaskingRule(transaction, body);
          if (newId === null) throw new AppError('masking.ruleExists');
          const rule = await existing(transaction, newId);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'maskingRule.added',
            subject: rule.name,
            subjectId: rule.id,
            details: said(rule),
            requestId,
          });
          return rule;
        });
        current.forget();
        return { status: 201, body: made };
      },
    }),
    route({
      method: 'patch',
      path: '/api/masking-rules/:id',
      summary: 'Change a masking rule, or switch it off or on',
      access: 'masking.edit',
      params: oneRule,
      body: maskingRuleChange,
      responses: { 200: { description: 'The rule.', schema: maskingRule } },
      handle: async ({ params, body, principal, requestId }) => {
        const changed = await inTransaction(database, async (transaction) => {
          const before = await existing(transaction, params.id);
          if (before.version !== body.version) throw new AppError('masking.ruleChanged');
          // What this office does not understand it cannot check; it can be switched off.
          if (body.value !== undefined) mustBeValid({ kind: before.kind, value: body.value });
          if (!(await updateMaskingRule(transaction, params.id, body))) throw new AppError('masking.ruleExists');
          const after = await existing(transaction, params.id);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'maskingRule.changed',
            subject: after.name,
            subjectId: after.id,
            details: { ...said(after), before: { name: before.name, ...said(before) } },
            requestId,
          });
          return after;
        });
        current.forget();
        return { status: 200, body: changed };
      },
    }),
    route({
      method: 'delete',
      path: '/api/masking-rules/:id',
      summary: 'Mask this no more',
      access: 'masking.edit',
      params: oneRule,
      responses: { 204: { description: 'It is gone.' } },
      handle: async ({ params, principal, requestId }) => {
        await inTransaction(database, async (transaction) => {
          const rule = await existing(transaction, params.id);
          await deleteMaskingRule(transaction, params.id);
          await recordAuditEvent(transaction, {
            actor: principal,
            kind: 'maskingRule.removed',
            subject: rule.name,
            subjectId: rule.id,
            details: said(rule),
            requestId,
          });
        });
        current.forget();
        return { status: 204 };
      },
    }),
    route({
      method: 'post',
      path: '/api/masking-rules/preview',
      summary: 'What a rule, or all of them, would do to a pasted text. It is neither stored nor logged',
      access: 'desk.read',
      body: maskingPreviewRequest,
      responses: { 200: { description: 'The text as it would be shown.', schema: maskingPreview } },
      handle: async ({ body }) => {
        if (body.rule !== undefined) mustBeValid(body.rule);
        const { rule } = body;
        const rules = rule === undefined ? await current.rules() : compileRules([{ name: '', ...rule }]);
        return { status: 200, body: preview(body, rules) };
      },
    }),
  ];
}

function preview(
  { sample, header, businessKey }: MaskingPreviewRequest,
  rules: ReturnType<typeof compileRules>,
): MaskingPreview {
  const masking = new Masking(rules, businessKey === undefined ? {} : { [businessKey]: [sample] });
  const shown = () => {
    if (businessKey !== undefined) return masking.keyValue(businessKey, sample);
    const rule = header === undefined ? undefined : masking.ruleOfHeader(header);
    if (rule !== undefined) return masking.hide(rule);
    return header === undefined ? maskSample(sample, masking) : masking.text(sample);
  };
  return { text: shown(), masked: masking.summary };
}

/** @throws AppError `masking.ruleNotFound`. */
async function existing(transaction: Transaction, ruleId: string): Promise<MaskingRule> {
  const rule = await lockMaskingRule(transaction, ruleId);
  if (rule === null) throw new AppError('masking.ruleNotFound');
  return rule;
}

const knownKind = z.enum(MASKING_KINDS);

/** @throws AppError `masking.ruleInvalid`: what is wrong is in its params. */
function mustBeValid({ kind, value }: { kind: string; value: string }): void {
  try {
    const known: MaskingKind | undefined = knownKind.safeParse(kind).data;
    if (known === undefined) throw new RuleError('notAName');
    checkRule({ kind: known, value });
  } catch (error) {
    if (!(error instanceof RuleError)) throw error;
    throw new AppError('masking.ruleInvalid', {
      params: { fault: error.fault, words: error.message },
      detail: error.message === '' ? error.fault : error.message,
    });
  }
}

function said({ kind, value, enabled }: MaskingRule): { kind: string; value: string; enabled: boolean } {
  return { kind, value, enabled };
}
