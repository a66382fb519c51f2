import type { AuthProvider, UserIdentity } from 'ra-core';

import type { Credentials, SessionUser } from '../../../server/contract/schemas/session.ts';
import { office } from './office.ts';
import { OfficeError } from './office-error.ts';

/** Who is signed in, for react-admin and for the gates of our own buttons. */
export interface Identity extends UserIdentity {
  id: string;
  fullName: string;
  role: SessionUser['role'];
  /** Patterns of the dead queues whose messages they see; null: of all. */
  scope: SessionUser['scope'];
  /** They set a password of their own before anything else. */
  mustChangePassword: boolean;
}

/** react-admin's, and what the office says of the user by another way. */
export interface OfficeAuthProvider extends AuthProvider {
  renew: (user: SessionUser) => void;
}

/**
 * The cookie session as react-admin's auth provider. A 401 ends the session here too; a 403 never does: the user is
 * still who they are, and only may not do that.
 */
export function createAuthProvider(): OfficeAuthProvider {
  let known: SessionUser | undefined;
  const current = async (signal?: AbortSignal): Promise<SessionUser> => {
    known ??= (await office.session(signal)).user;
    return known;
  };
  return {
    supportAbortSignal: true,
    renew(user) {
      known = user;
    },
    async login(credentials: Credentials) {
      known = (await office.signIn(credentials)).user;
    },
    async logout() {
      const had = known !== undefined;
      known = undefined;
      if (!had) return;
      await office.signOut().catch((error: unknown) => {
        if (!(error instanceof OfficeError && error.status === 401)) throw error;
      });
    },
    async checkAuth({ signal }: { signal?: AbortSignal } = {}) {
      try {
        await current(signal);
      } catch (error) {
        // Only a 401 says that nobody is signed in. While the office or its database is away nobody can tell: the screens
        // say so, and go on by themselves after it. Nothing is shown that the office has not answered.
        if (!(error instanceof OfficeError) || error.status === 401) throw error;
      }
    },
    checkError(error: unknown) {
      if (!(error instanceof OfficeError) || error.status !== 401) return Promise.resolve();
      known = undefined;
      return Promise.reject(error);
    },
    async getIdentity({ signal }: { signal?: AbortSignal } = {}): Promise<Identity> {
      const user = await current(signal);
      const { id, username: fullName, role, scope, mustChangePassword } = user;
      return { id, fullName, role, scope, mustChangePassword };
    },
    async getPermissions({ signal }: { signal?: AbortSignal } = {}) {
      return (await current(signal)).role;
    },
  };
}
