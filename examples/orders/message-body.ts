import type { z } from 'zod';
import { WorkerError } from './worker-error.ts';

/** How strictly a body is read. `forgiving` allows the trailing commas that some partners write. */
export type Strictness = 'strict' | 'forgiving';

/** The body as JSON of this shape, or a `MalformedMessageError`, which no retry mends. Never quotes the body. */
export function readBody<T>(body: Buffer, schema: z.ZodType<T>, strictness: Strictness = 'strict'): T {
  const text = body.toString('utf8');
  const result = schema.safeParse(parse(strictness === 'strict' ? text : withoutTrailingCommas(text)));
  if (result.success) return result.data;
  const where = result.error.issues.map((issue) => issue.path.join('.') || 'the body').join(', ');
  throw new WorkerError('MalformedMessageError', 'dead', `The message is not what this worker understands: ${where}`);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    // Some of the parser's messages quote the text; those that give a position do not.
    const position = error instanceof Error ? /^[^"]* at position \d+/.exec(error.message)?.[0] : undefined;
    const detail = position === undefined ? '' : `: ${position}`;
    throw new WorkerError('MalformedMessageError', 'dead', `The message body is not valid JSON${detail}`, {
      cause: error,
    });
  }
}

/** Commas before a closing bracket go; strings, which may hold anything, stay as they are. */
export function withoutTrailingCommas(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[}\]])/g, (_comma, string: string | undefined) => string ?? '');
}
