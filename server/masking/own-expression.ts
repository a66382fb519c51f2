import { RE2JS } from 're2js';

import { MASK } from '../contract/masking.ts';

import type { Detector, Span } from './spans.ts';

/** Larger programs take the longer for each character: `(?:ab{0,900}){0,900}` and the like. */
const LARGEST_PROGRAM = 2_000;

/** Characters times program: beyond it a text is not gone over, for the process would do nothing else meanwhile. */
const MOST_STEPS = 30_000_000;

/** What is wrong with an own expression, in the words of its parser. */
export class ExpressionError extends Error {}

/**
 * A detector of an own regular expression. RE2 goes over a text once, whatever the expression and the text: there is
 * no backtracking that could take for ever. `longest`: texts of more characters take too long with it.
 *
 * @throws ExpressionError
 */
export function detectorOf(expression: string): { find: Detector; longest: number } {
  const compiled = compile(expression);
  if (compiled.matches('') || compiled.matcher('').find()) {
    throw new ExpressionError('It also matches nothing at all, and so masks nothing.');
  }
  const find: Detector = (text) => {
    const found: Span[] = [];
    const matcher = compiled.matcher(text);
    while (matcher.find()) {
      if (matcher.end() > matcher.start()) found.push({ start: matcher.start(), end: matcher.end(), mask: MASK });
    }
    return found;
  };
  return { find, longest: Math.floor(MOST_STEPS / compiled.programSize()) };
}

function compile(expression: string): RE2JS {
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(expression);
  } catch (error) {
    throw new ExpressionError(error instanceof Error ? error.message : String(error));
  }
  if (compiled.programSize() > LARGEST_PROGRAM) throw new ExpressionError('Its repetitions are too large.');
  return compiled;
}
