import { signInMethods } from '../contract/schemas/session.ts';
import { route, type Route } from '../web/route.ts';

import type { SingleSignOnConfig } from './oidc/oidc-config.ts';
import { START_PATH } from './oidc/oidc-routes.ts';

/** How people may sign in, for the sign-in screen. */
export function signInMethodRoutes({
  singleSignOn,
  localSignIn,
}: {
  singleSignOn: SingleSignOnConfig | null;
  localSignIn: boolean;
}): Route[] {
  return [
    route({
      method: 'get',
      path: '/api/session/methods',
      summary: 'How people may sign in',
      access: 'public',
      withoutDatabase: true,
      responses: { 200: { description: 'The ways that are open.', schema: signInMethods } },
      handle: () => ({
        status: 200,
        body: {
          password: localSignIn,
          // At the address to which the provider sends browsers back: the cookie of a sign-on is for that host.
          singleSignOn: singleSignOn && { name: singleSignOn.name, url: singleSignOn.publicUrl + START_PATH },
        },
      }),
    }),
  ];
}
