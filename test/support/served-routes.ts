import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ROLES } from '../../server/contract/access.ts';
import { createApp } from '../../server/web/app.ts';
import type { Route } from '../../server/web/route.ts';
import { silentLogger } from './wire.ts';

/** Routes on a server of their own. The name of a role, as `X-Role`, is the whole credential. */
export async function serveRoutes(routes: readonly Route[]): Promise<{ url: string; close: () => void }> {
  const app = createApp({
    logger: silentLogger,
    routes,
    authenticate: (request) => {
      const role = ROLES.find((one) => one === request.get('X-Role'));
      return Promise.resolve(
        role === undefined
          ? null
          : { userId: '7', username: `the ${role}`, role, scope: null, credential: { kind: 'session' } },
      );
    },
    clientDir: null,
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
    },
  };
}
