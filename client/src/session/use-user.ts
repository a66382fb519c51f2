import { useQueryClient } from '@tanstack/react-query';
import { useAuthProvider, useGetIdentity } from 'ra-core';
import { useCallback } from 'react';

import { may, PERMISSIONS, roleReaches, type Permission } from '../../../server/contract/access.ts';
import type { SessionUser } from '../../../server/contract/schemas/session.ts';
import type { Identity, OfficeAuthProvider } from '../api/auth-provider.ts';
import { useText } from '../i18n/use-text.ts';

/** Who is signed in; undefined until it is known. */
export function useUser(): Identity | undefined {
  return useGetIdentity().identity as Identity | undefined;
}

/** Whether the user may do something; not before they are known. The office checks again; this only keeps screens honest. */
export function useMay(permission: Permission): boolean {
  const user = useUser();
  return user !== undefined && may(user, permission);
}

/** Why the user may not do something, for its button; undefined where they may, and until they are known. */
export function useBlocked(permission: Permission): string | undefined {
  const user = useUser();
  const text = useText();
  if (user === undefined || may(user, permission)) return undefined;
  const needed = PERMISSIONS[permission];
  return text(`blocked.${roleReaches(user.role, needed) ? 'scope' : needed}`, { role: text(`role.${user.role}`) });
}

/** Takes the user as the office answers them after a change of their own. */
export function useRenewUser(): (user: SessionUser) => Promise<void> {
  const authProvider = useAuthProvider<OfficeAuthProvider>();
  const queryClient = useQueryClient();
  return useCallback(
    async (user) => {
      authProvider?.renew(user);
      await queryClient.invalidateQueries({ queryKey: ['auth'] });
    },
    [authProvider, queryClient],
  );
}
