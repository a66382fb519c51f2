import type { ErrorRequestHandler, RequestHandler } from 'express';
import type { Logger } from 'pino';

import { ERRORS } from '../contract/errors.ts';
import type { Problem } from '../contract/schemas/system.ts';
import { databaseFault } from '../database/faults.ts';

import { AppError } from './app-error.ts';
import { requestIdOf } from './route.ts';

/** Answers whatever is under /api and has no route. */
export const noSuchRoute: RequestHandler = () => {
  throw new AppError('request.notFound');
};

/** The last handler: every error becomes RFC 9457 problem details with a stable code and the request id. */
export function problemResponses(logger: Logger): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    const known = asAppError(error);
    if (known.code === 'server.fault')
      logger.error({ err: error, requestId: requestIdOf(request) }, 'A request failed.');
    if (response.headersSent) {
      // Nothing can be said any more; Express cuts the connection, so the client sees that the answer is not whole.
      next(error);
      return;
    }
    const { detail, params, errors, retryAfterSeconds } = known.options;
    const problem: Problem = {
      type: `urn:dead-letter-office:${known.code}`,
      title: ERRORS[known.code].title,
      status: known.status,
      ...(detail === undefined ? {} : { detail }),
      code: known.code,
      ...(params === undefined ? {} : { params }),
      ...(errors === undefined ? {} : { errors }),
      requestId: requestIdOf(request),
    };
    if (retryAfterSeconds !== undefined) response.set('Retry-After', String(retryAfterSeconds));
    response.status(known.status).type('application/problem+json').send(JSON.stringify(problem));
  };
}

function asAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  // An address that is no UTF-8: the router says so without the mark of its other errors.
  if (error instanceof URIError) return new AppError('request.malformed', { cause: error });
  const bodyParser = httpErrorStatus(error);
  if (bodyParser === 413) return new AppError('request.tooLarge', { cause: error });
  if (bodyParser !== undefined) return new AppError('request.malformed', { cause: error });
  const fault = databaseFault(error);
  if (fault === 'away') return new AppError('database.away', { retryAfterSeconds: 5, cause: error });
  if (fault === 'conflict') return new AppError('database.busy', { retryAfterSeconds: 1, cause: error });
  return new AppError('server.fault', { cause: error });
}

/** Errors of Express' own body and path parsing carry a 4xx status. */
function httpErrorStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error) || !('expose' in error)) return undefined;
  return typeof error.status === 'number' && error.status >= 400 && error.status < 500 ? error.status : undefined;
}
