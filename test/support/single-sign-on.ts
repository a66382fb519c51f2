import type { Config } from '../../server/config.ts';
import { readConfig } from '../../server/config.ts';

import { freePort, startIdentityProvider, type TestIdentityProvider } from './identity-provider.ts';
import { startOffice, type TestOffice } from './office.ts';

const ROLES = 'desk-admins=admin;orders-team=operator:orders.*;payments-team=operator:payments.*;watchers=viewer';

/** An office with an identity provider in front of it. */
export async function startOfficeWithProvider(
  environment: Record<string, string> = {},
): Promise<{ office: TestOffice; provider: TestIdentityProvider }> {
  const port = await freePort();
  const publicUrl = `http://127.0.0.1:${port}`;
  const provider = await startIdentityProvider(`${publicUrl}/api/session/oidc/callback`);
  const { singleSignOn } = readConfig({
    AMQP_URL: 'amqp://unused',
    DATABASE_URL: 'mysql://unused/unused',
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_ROLES: ROLES,
    PUBLIC_URL: publicUrl,
    ...environment,
  });
  const config: Partial<Config> = { http: { host: '127.0.0.1', port }, singleSignOn };
  return { office: await startOffice(config), provider };
}
