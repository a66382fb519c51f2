import { useGetIdentity } from 'ra-core';

import { ROLES, type Role } from '../../../server/contract/access.ts';
import type { Identity } from '../api/auth-provider.ts';

/** Who is signed in; undefined until it is known. */
export function useUser(): Identity | undefined {
  return useGetIdentity().identity as Identity | undefined;
}

/** Whether the user's role reaches a task. The office checks again; this only keeps buttons honest. */
export function roleReaches(role: Role | undefined, needed: Exclude<Role, 'viewer'>): boolean {
  return role !== undefined && ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
