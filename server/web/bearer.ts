import type { Request } from 'express';

/**
 * What stands behind `Authorization: Bearer`; null where the call does not have that. Whoever sends it means it: the
 * cookie of the same call is not looked at.
 */
export function bearerOf(request: Request): string | null {
  const [scheme, ...rest] = (request.headers.authorization ?? '').split(' ');
  return scheme?.toLowerCase() === 'bearer' ? rest.join(' ').trim() : null;
}
