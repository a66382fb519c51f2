import { JSONPathEnvironment, type JSONPathQuery } from 'json-p3';

import { DETECTORS, MASKING_KINDS, type DetectorName, type MaskingKind, type RuleFault } from '../contract/masking.ts';
import { matchesScope } from '../access/scope.ts';
import { whyTooCostly } from '../orders/business-key-rules.ts';

import { findCards, isCard } from './detect-card.ts';
import { findEmails } from './detect-email.ts';
import { findPhones } from './detect-phone.ts';
import { findResidentNumbers } from './detect-resident-number.ts';
import { detectorOf, ExpressionError } from './own-expression.ts';
import type { Detector } from './spans.ts';

/** A rule as it is stored. `kind` is a text: a newer office may know more of them. */
export interface StoredRule {
  name: string;
  kind: string;
  value: string;
}

interface TextRule {
  rule: string;
  find: Detector;
  /** Shorter texts, in characters, cannot hold one. */
  shortest: number;
  /** Longer ones take too long. */
  longest: number;
  /** A number that is somebody's order ID can look like one of these. */
  byChance: boolean;
  /** What stands beside one can be why it is not seen: it is looked for again where something was masked. */
  again: boolean;
  /** Whether a number of JSON, as a whole, is one. */
  isNumber: (digits: string) => boolean;
}

/** What the rules in force come to. */
export interface CompiledRules {
  texts: readonly TextRule[];
  paths: readonly { rule: string; query: JSONPathQuery }[];
  headers: readonly { rule: string; matches: (name: string) => boolean }[];
  /** Business keys, each with its rule. */
  keys: ReadonlyMap<string, string>;
  /** A rule that this office does not understand: then nothing may be shown. */
  notUnderstood: boolean;
}

/** Why a rule cannot be. */
export class RuleError extends Error {
  readonly fault: RuleFault;

  /** `message`: more about it, in English; it may be empty. */
  constructor(fault: RuleFault, message = '') {
    super(message);
    this.fault = fault;
  }
}

const FOUND_BY: Readonly<Record<DetectorName, Omit<TextRule, 'rule'>>> = {
  card: { find: findCards, shortest: 13, longest: Infinity, byChance: true, again: true, isNumber: isCard },
  koreanResidentNumber: {
    find: findResidentNumbers,
    shortest: 13,
    longest: Infinity,
    byChance: true,
    again: true,
    isNumber: () => false,
  },
  phone: { find: findPhones, shortest: 8, longest: Infinity, byChance: true, again: true, isNumber: () => false },
  email: { find: findEmails, shortest: 6, longest: Infinity, byChance: false, again: true, isNumber: () => false },
};

/** Each comma can double the way of a path over a body. */
const MOST_COMMAS = 4;
const jsonPaths = new JSONPathEnvironment({ maxRecursionDepth: 102 });

/** Rules that cannot be compiled are not left out: they make that nothing is shown. */
export function compileRules(rules: readonly StoredRule[]): CompiledRules {
  const compiled = {
    texts: [] as TextRule[],
    paths: [] as { rule: string; query: JSONPathQuery }[],
    headers: [] as { rule: string; matches: (name: string) => boolean }[],
    keys: new Map<string, string>(),
    notUnderstood: false,
  };
  for (const { name: rule, kind, value } of rules) {
    try {
      if (!isKind(kind)) throw new RuleError('notAName');
      if (kind === 'pattern') compiled.texts.push({ rule, ...detectorNamed(value) });
      else if (kind === 'regex') compiled.texts.push({ rule, ...ownDetector(value) });
      else if (kind === 'jsonPath') compiled.paths.push({ rule, query: compilePath(value) });
      else if (kind === 'header') compiled.headers.push({ rule, matches: headerName(value) });
      else compiled.keys.set(value, rule);
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      compiled.notUnderstood = true;
    }
  }
  return compiled;
}

/** @throws RuleError where no such rule can be. */
export function checkRule({ kind, value }: { kind: MaskingKind; value: string }): void {
  if (kind === 'pattern') detectorNamed(value);
  else if (kind === 'regex') ownDetector(value);
  else if (kind === 'jsonPath') compilePath(value);
  else if (kind === 'header') headerName(value);
  else if (!/^[A-Za-z][A-Za-z0-9_.-]{0,63}$/.test(value)) throw new RuleError('notAName');
}

function isKind(kind: string): kind is MaskingKind {
  return MASKING_KINDS.some((known) => known === kind);
}

function detectorNamed(value: string): Omit<TextRule, 'rule'> {
  const name = DETECTORS.find((known) => known === value);
  if (name === undefined) throw new RuleError('unknownDetector');
  return FOUND_BY[name];
}

function ownDetector(value: string): Omit<TextRule, 'rule'> {
  try {
    const { find, longest } = detectorOf(value);
    return { find, shortest: 1, longest, byChance: false, again: true, isNumber: (digits) => find(digits).length > 0 };
  } catch (error) {
    if (error instanceof ExpressionError) throw new RuleError('notAnExpression', error.message);
    throw error;
  }
}

/** Only such as go over a body a few times, however it is built. */
function compilePath(path: string): JSONPathQuery {
  const costly = whyTooCostly(path);
  if (costly !== null) throw new RuleError('costlyPath', `It ${costly}.`);
  const bare = path.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, "''");
  if (bare.split(',').length > MOST_COMMAS + 1)
    throw new RuleError('costlyPath', `It has more than ${MOST_COMMAS} commas.`);
  try {
    return jsonPaths.compile(path);
  } catch (error) {
    throw new RuleError('notAPath', error instanceof Error ? error.message : String(error));
  }
}

/** Names are compared as scopes are, in any case of letters: in time that grows with their lengths. */
function headerName(value: string): (name: string) => boolean {
  if (value.length > 255) throw new RuleError('notAName');
  const pattern = [value.toLowerCase()];
  return (name) => matchesScope(pattern, name.toLowerCase());
}
