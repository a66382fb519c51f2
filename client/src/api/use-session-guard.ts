import { useLogoutIfAccessDenied } from 'ra-core';
import { useCallback } from 'react';

/**
 * Wraps a call that does not go through the data provider, so that a 401 signs out there too. The error is thrown on
 * in any case: nothing may take a call that failed for an answer.
 */
export function useSessionGuard(): <T>(answer: Promise<T>) => Promise<T> {
  const logoutIfAccessDenied = useLogoutIfAccessDenied();
  return useCallback(
    async (answer) => {
      try {
        return await answer;
      } catch (error) {
        await logoutIfAccessDenied(error);
        throw error;
      }
    },
    [logoutIfAccessDenied],
  );
}
