import { useQuery } from '@tanstack/react-query';

import type { SignInMethods } from '../../../server/contract/schemas/session.ts';
import { office } from '../api/office.ts';

/** What is tried where the office does not say: its answer to that will. */
const BY_PASSWORD: SignInMethods = { password: true, singleSignOn: null };

/** How people may sign in; undefined until it is known. */
export function useSignInMethods(): SignInMethods | undefined {
  const { data, isError } = useQuery({
    queryKey: ['sign-in-methods'],
    queryFn: ({ signal }) => office.signInMethods(signal),
    retry: false,
  });
  return isError ? BY_PASSWORD : data;
}
