import type { RequestHandler } from 'express';

import { AppError } from './app-error.ts';

/** Deeper than anything that the API takes: a header of 200 nested tables is 400 deep. */
const MAX_DEPTH = 1_000;

/**
 * Refuses JSON that nests deeper than anything here does, before anything that calls itself walks through it.
 * Runs behind the parser, which reads any depth without using up the stack.
 */
export const boundedJson: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  if (isDeeper(body, MAX_DEPTH)) {
    next(new AppError('request.malformed', { detail: `The JSON is nested more than ${MAX_DEPTH} levels deep.` }));
  } else next();
};

function isDeeper(value: unknown, depth: number): boolean {
  let level = [value];
  for (let reached = 0; level.length > 0; reached += 1) {
    if (reached > depth) return true;
    const below: unknown[] = [];
    for (const one of level) {
      if (typeof one !== 'object' || one === null) continue;
      for (const inner of Object.values(one)) if (typeof inner === 'object' && inner !== null) below.push(inner);
    }
    level = below;
  }
  return false;
}
