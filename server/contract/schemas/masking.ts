import { z } from 'zod';

import { HIDDEN_BECAUSE, MASKING_KINDS, MAX_RULE_NAME, MAX_RULE_VALUE } from '../masking.ts';
import { id, listOf, time } from './lists.ts';

const name = z.string().trim().min(1).max(MAX_RULE_NAME);
const value = z
  .string()
  .trim()
  .min(1)
  .max(MAX_RULE_VALUE)
  .meta({
    description:
      'By kind: pattern: card, koreanResidentNumber, phone or email; jsonPath: an RFC 9535 path; header: a name, * for any ' +
      'characters; businessKey: its name; regex: an RE2 expression.',
  });
const kind = z.enum(MASKING_KINDS);

export const maskingRule = z
  .strictObject({
    id,
    name: z.string(),
    kind: z.string().meta({ description: `${MASKING_KINDS.join(', ')}; another one is of a newer office.` }),
    value: z.string(),
    enabled: z.boolean(),
    version: z.number().int(),
    updatedAt: time,
  })
  .meta({ id: 'MaskingRule' });
export type MaskingRule = z.infer<typeof maskingRule>;
export const maskingRuleList = listOf(maskingRule);

export const newMaskingRule = z
  .strictObject({ name, kind, value, enabled: z.boolean() })
  .meta({ id: 'NewMaskingRule' });
export type NewMaskingRule = z.infer<typeof newMaskingRule>;

export const maskingRuleChange = z
  .strictObject({
    name: name.optional(),
    value: value.optional(),
    enabled: z.boolean().optional(),
    version: z.number().int().meta({ description: 'The version that was seen: of two changes the second is refused.' }),
  })
  .meta({ id: 'MaskingRuleChange' });
export type MaskingRuleChange = z.infer<typeof maskingRuleChange>;

export const maskingPreviewRequest = z
  .strictObject({
    sample: z.string().max(100_000).meta({ description: 'Pasted text; it is neither stored nor logged.' }),
    rule: z
      .strictObject({ kind, value })
      .optional()
      .meta({ description: 'One that is not saved yet. Without it: all rules that are in force.' }),
    header: z.string().max(255).optional().meta({ description: 'Takes the sample for the value of this header.' }),
    businessKey: z.string().max(255).optional().meta({ description: 'Takes the sample for a value of this key.' }),
  })
  .meta({ id: 'MaskingPreviewRequest' });
export type MaskingPreviewRequest = z.infer<typeof maskingPreviewRequest>;

/** How much of an answer is masked. */
export const maskedCount = z
  .strictObject({
    count: z.number().int().meta({ description: 'Values that are masked in this answer.' }),
    rules: z.array(z.string()).meta({ description: 'The names of the rules that masked them.' }),
    body: z
      .enum(HIDDEN_BECAUSE)
      .nullable()
      .meta({ description: 'Why the whole body is hidden; null where it is shown.' }),
  })
  .meta({ id: 'Masked' });
export type MaskedCount = z.infer<typeof maskedCount>;

export const maskingPreview = z.strictObject({ text: z.string(), masked: maskedCount }).meta({ id: 'MaskingPreview' });
export type MaskingPreview = z.infer<typeof maskingPreview>;

export const revealRequest = z
  .strictObject({ reason: z.string().trim().min(1).max(500) })
  .meta({ id: 'RevealRequest' });
