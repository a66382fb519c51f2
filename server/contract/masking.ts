/**
 * What a masking rule goes by.
 *
 * | kind | `value` |
 * |---|---|
 * | `jsonPath` | an RFC 9535 path into JSON bodies |
 * | `header` | the name of a header or property, in any case; `*` stands for any characters |
 * | `businessKey` | the name of a business key, such as customerId |
 * | `pattern` | one of the detectors that come with the office |
 * | `regex` | an own regular expression (RE2) |
 */
export const MASKING_KINDS = ['pattern', 'jsonPath', 'header', 'businessKey', 'regex'] as const;
export type MaskingKind = (typeof MASKING_KINDS)[number];

/** The values of `pattern` rules. */
export const DETECTORS = ['card', 'koreanResidentNumber', 'phone', 'email'] as const;
export type DetectorName = (typeof DETECTORS)[number];

/** What stands in place of a masked value. */
export const MASK = '•••';

/** A mask within a text: the mask alone, or that of a card with its last four digits. */
export const MASKS = /•••• \d{4}|•••/g;

export const MAX_RULE_NAME = 80;
export const MAX_RULE_VALUE = 500;
export const MAX_RULES = 100;

/** Why a whole body is hidden although no rule named it. */
export const HIDDEN_BECAUSE = [
  'binary',
  'tooLarge',
  'notJson',
  'tooDeep',
  'duplicateNames',
  'tooMuchWork',
  'rules',
] as const;
export type HiddenBecause = (typeof HIDDEN_BECAUSE)[number];

/** Why a rule cannot be saved; the client translates them by `masking.fault.<code>`. */
export const RULE_FAULTS = ['unknownDetector', 'notAPath', 'costlyPath', 'notAName', 'notAnExpression'] as const;
export type RuleFault = (typeof RULE_FAULTS)[number];

/** So long after somebody revealed a message its raw body and its editor stay open to them. */
export const REVEALED_FOR_MINUTES = 60;
/** So long after it an edit that was begun can be saved. */
export const EDITED_FOR_MINUTES = 12 * 60;
