import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';

import { PASSWORD_LENGTH, passwordLength } from '../contract/passwords.ts';
import { AppError } from '../web/app-error.ts';

type PasswordFault = 'password.tooShort' | 'password.likeName' | 'password.pattern' | 'password.common';

const PRODUCT = ['dead letter office', 'deadletteroffice', 'dead', 'letter', 'office'];
/** A longer password is judged by its beginning: what follows only makes it harder, and looking at it takes time. */
const LOOKED_AT = 100;
/** zxcvbn's best score: more than 10^10 guesses by somebody who knows the lists and the habits. */
const HARD = 4;

const guesser = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, maxLength: LOOKED_AT });

/**
 * What is wrong with a new password; null for nothing. After NIST SP 800-63B-4: long enough, and not one that is guessed
 * by lists of passwords in use, repetitions, sequences, or the names that go with it. How it is made up is nobody's
 * business: any characters, blanks too.
 */
export function passwordFault(password: string, username: string): PasswordFault | null {
  if (passwordLength(password) < PASSWORD_LENGTH.least) return 'password.tooShort';
  const normalised = password.normalize('NFKC');
  const names = [...PRODUCT, username, squeezed(username)].filter((name) => name !== '');
  // Blanks and signs between the letters of a name hide it from the lists, not from a person who guesses.
  for (const form of [normalised, squeezed(normalised)]) {
    const { score, sequence } = guesser.check(form, names);
    if (score >= HARD) continue;
    const patterns = sequence.map(({ pattern, dictionaryName }) =>
      dictionaryName === 'userInputs' ? 'name' : pattern,
    );
    if (patterns.includes('name')) return 'password.likeName';
    return patterns.some((one) => PATTERNS.has(one)) ? 'password.pattern' : 'password.common';
  }
  return null;
}

const PATTERNS: ReadonlySet<unknown> = new Set(['repeat', 'sequence', 'spatial', 'date']);

/** @throws AppError the fault of `passwordFault`. */
export function mustBeGoodPassword(password: string, username: string): void {
  const fault = passwordFault(password, username);
  if (fault !== null) throw new AppError(fault, { params: { least: PASSWORD_LENGTH.least } });
}

function squeezed(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
