import type { ApiToken, MadeApiToken, NewApiToken } from '../../../server/contract/schemas/tokens.ts';

const DAY_MS = 86_400_000;

/** The API tokens of the fake office. */
export class FakeTokens {
  all: ApiToken[] = [];

  listed(ofEverybody: boolean): ApiToken[] {
    return this.all.filter(({ isMine }) => ofEverybody || isMine);
  }

  make({ name, role, scope = null, expiresInDays = 90 }: NewApiToken): MadeApiToken {
    const now = Date.now();
    const made: ApiToken = {
      id: String(this.all.length + 1),
      ...{ name, role, scope, owner: 'operator', isMine: true, hint: 'x4Kd', isExpired: false, lastUsedAt: null },
      createdAt: new Date(now).toISOString(),
      expiresAt: new Date(now + expiresInDays * DAY_MS).toISOString(),
    };
    this.all.unshift(made);
    return { ...made, token: 'dlo_0123456789abcdefghijklmnopqrstuvwxyz0123456x4Kd' };
  }

  revoke(id: string | undefined): Response {
    this.all = this.all.filter((token) => token.id !== id);
    return new Response(null, { status: 204 });
  }
}
