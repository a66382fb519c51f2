import type { Logger } from 'pino';
import { z } from 'zod';

import { countColumn, idColumn } from '../database/columns.ts';
import type { Database } from '../database/connect.ts';
import { ListenedLoop } from '../database/listened-loop.ts';
import type { Principal } from '../web/route.ts';

const LOOKS_EVERY_MS = 1_000;

interface Watched {
  userId: string;
  sessionId: string | undefined;
  tokenId: string | undefined;
  /** The user as they were when they were first looked at. */
  version: number | null;
  end: () => void;
}

/**
 * Ends what somebody keeps open, on this instance, when they may not have it any more, whichever instance took it from
 * them: the session or the API token has ended, the user is disabled, or has another role or scope by now. One statement
 * a second for all, another one where there are tokens among them, and only while there are any.
 */
export class SessionWatch {
  readonly #database: Database;
  readonly #loop: ListenedLoop<Watched>;

  constructor(database: Database, logger: Logger) {
    this.#database = database;
    this.#loop = new ListenedLoop<Watched>({
      everyMs: LOOKS_EVERY_MS,
      work: (watched) => this.#look([...watched]),
      logger,
      failed: 'It could not be seen who is still signed in; trying again.',
    });
  }

  /** @returns forgets it; `end` is not called then. */
  watch({ userId, sessionId, credential }: Principal, end: () => void): () => void {
    const tokenId = credential.kind === 'token' ? credential.id : undefined;
    return this.#loop.add({ userId, sessionId, tokenId, version: null, end });
  }

  async #look(watched: readonly Watched[]): Promise<void> {
    if (watched.length === 0) return;
    const userIds = [...new Set(watched.map(({ userId }) => userId))];
    const sessionIds = [...new Set(watched.flatMap(({ sessionId }) => sessionId ?? []))];
    const rows = z.array(row).parse(
      await this.#database('users')
        .leftJoin('sessions', (join) => {
          void join
            .on('sessions.user_id', 'users.id')
            .andOn('sessions.expires_at', '>', this.#database.raw('UTC_TIMESTAMP(3)'))
            .andOnIn('sessions.id', sessionIds.length === 0 ? ['0'] : sessionIds);
        })
        .whereIn('users.id', userIds)
        .whereNull('users.disabled_at')
        .select('users.id AS user_id', 'users.version AS version', 'sessions.id AS session_id'),
    );
    const versions = new Map(rows.map((one) => [one.user_id, one.version]));
    const alive = new Set(rows.flatMap(({ session_id: sessionId }) => sessionId ?? []));
    const tokens = await this.#goodTokens(watched.flatMap(({ tokenId }) => tokenId ?? []));
    for (const one of watched) {
      const version = versions.get(one.userId);
      const isThere =
        version !== undefined &&
        (one.sessionId === undefined || alive.has(one.sessionId)) &&
        (one.tokenId === undefined || tokens.has(one.tokenId));
      if (!isThere || (one.version !== null && one.version !== version)) one.end();
      else one.version = version;
    }
  }

  async #goodTokens(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const good: unknown = await this.#database('api_tokens')
      .whereIn('id', [...new Set(ids)])
      .whereNull('revoked_at')
      .where('expires_at', '>', this.#database.raw('UTC_TIMESTAMP(3)'))
      .pluck('id');
    return new Set(z.array(idColumn).parse(good));
  }
}

const row = z.object({ user_id: idColumn, version: countColumn, session_id: idColumn.nullable() });
