import * as oidc from 'openid-client';

import type { SingleSignOnConfig } from './oidc-config.ts';

/** What a sign-on is bound to. All three come of the secret in the browser's cookie. */
export interface SignOnChecks {
  state: string;
  nonce: string;
  codeVerifier: string;
}

/** The claims about somebody who has signed in at the provider: checked, but of any shape. */
export type Claims = Readonly<Record<string, unknown>> & { iss: string; sub: string };

/** What the provider says of itself is read anew after this long, in ms. */
const FRESH_MS = 60 * 60_000;

export const CALLBACK_PATH = '/api/session/oidc/callback';

/**
 * The identity provider. It is asked about itself when the first person signs in, and again after a failure: an office
 * starts while the provider is away.
 */
export class IdentityProvider {
  readonly #config: SingleSignOnConfig;
  readonly #answerSeconds: number;
  #known: { configuration: oidc.Configuration; at: number } | null = null;
  #asking: Promise<oidc.Configuration> | null = null;

  /** `answerSeconds`: how long it may take for one answer; a sign-in needs at most four of them. */
  constructor(config: SingleSignOnConfig, answerSeconds = 5) {
    this.#config = config;
    this.#answerSeconds = answerSeconds;
  }

  get redirectUrl(): string {
    return this.#config.publicUrl + CALLBACK_PATH;
  }

  /**
   * Where the browser is sent to sign in there.
   *
   * @throws whatever keeps the provider from being asked about itself; `codeOfFault` tells what it means.
   */
  async addressToSignIn({ state, nonce, codeVerifier }: SignOnChecks): Promise<URL> {
    return oidc.buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.redirectUrl,
      scope: this.#config.scopes,
      ...(this.#config.prompt === null ? {} : { prompt: this.#config.prompt }),
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    });
  }

  /**
   * Redeems what the browser brought back (`?code=…`), and checks it: state, issuer, signature, audience, times, nonce.
   *
   * @throws whatever is wrong with it; `codeOfFault` tells what it means.
   */
  async claimsOf(query: string, { state, nonce, codeVerifier }: SignOnChecks): Promise<Claims> {
    const configuration = await this.#configuration();
    const tokens = await oidc.authorizationCodeGrant(configuration, new URL(this.redirectUrl + query), {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: codeVerifier,
      idTokenExpected: true,
    });
    const claims = tokens.claims();
    if (claims === undefined) throw new TypeError('No ID token.');
    const { userinfo_endpoint: userInfo } = configuration.serverMetadata();
    const { usernameClaim, groupsClaim } = this.#config;
    const wanted = [usernameClaim, groupsClaim];
    if (userInfo === undefined || wanted.every((name) => claimAt(claims, name) !== undefined)) return claims;
    // Many providers tell of groups here alone.
    return { ...(await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
  }

  async #configuration(): Promise<oidc.Configuration> {
    if (this.#known !== null && Date.now() - this.#known.at < FRESH_MS) return this.#known.configuration;
    this.#asking ??= this.#discover().finally(() => {
      this.#asking = null;
    });
    try {
      const configuration = await this.#asking;
      this.#known = { configuration, at: Date.now() };
      return configuration;
    } catch (error) {
      // What is known is old, not wrong: the calls that follow find out.
      if (this.#known !== null) return this.#known.configuration;
      throw error;
    }
  }

  #discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret, clientAuth } = this.#config;
    // The configuration has said that this is the machine itself, or allowed.
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so that it stands out
    const insecure = issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [];
    return oidc.discovery(
      issuer,
      clientId,
      {},
      clientSecret === null ? oidc.None() : secretAs(clientSecret, clientAuth),
      {
        timeout: this.#answerSeconds,
        // By default the signature of an ID token that came straight from the provider is not looked at.
        execute: [oidc.enableNonRepudiationChecks, ...insecure],
      },
    );
  }
}

/** Without a choice as the provider takes it, of which `client_secret_basic` is the standard's default. */
function secretAs(secret: string, chosen: 'basic' | 'post' | null): oidc.ClientAuth {
  const basic = oidc.ClientSecretBasic(secret);
  const post = oidc.ClientSecretPost(secret);
  return (server, client, body, headers) => {
    const supported = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic'];
    const way = chosen ?? (supported.includes('client_secret_basic') ? 'basic' : 'post');
    (way === 'basic' ? basic : post)(server, client, body, headers);
  };
}

/** A claim by its name or by the way to it (`realm_access.roles`); names with dots, as addresses have, come first. */
export function claimAt(claims: Readonly<Record<string, unknown>>, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let found: unknown = claims;
  for (const step of name.split('.')) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, step)) return undefined;
    found = Reflect.get(found, step);
  }
  return found;
}
