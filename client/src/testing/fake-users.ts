import type { ErrorCode } from '../../../server/contract/errors.ts';
import type { NewUser, SignedInSession, User, UserChange } from '../../../server/contract/schemas/users.ts';

export function fakeUser(id: string, username: string, over: Partial<User> = {}): User {
  return {
    id,
    username,
    role: 'operator',
    scope: null,
    deadQueues: null,
    createdAt: '2026-11-01T09:00:00.000Z',
    lastSignInAt: '2026-11-22T02:58:10.000Z',
    state: 'enabled',
    mustChangePassword: false,
    lockedUntil: null,
    hasSecondFactor: false,
    sessions: 1,
    version: 1,
    ...over,
  };
}

export function fakeSession(id: string, over: Partial<SignedInSession> = {}): SignedInSession {
  return {
    id,
    isCurrent: id === '1',
    createdAt: '2026-11-22T02:58:10.000Z',
    lastSeenAt: new Date().toISOString(),
    expiresAt: '2026-11-23T02:58:10.000Z',
    address: '10.1.2.3',
    userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36',
    ...over,
  };
}

/** What an act on users ends with: an answer, or the code of what was wrong. */
type Outcome = { status: number; body?: unknown } | { fault: ErrorCode };

/** The users of a fake office, and where the one who is signed in is signed in. */
export class FakeUsers {
  /** The user who is signed in was given the password by somebody else. */
  mustChangePassword = false;
  users: User[] = [];
  sessions: SignedInSession[] = [fakeSession('1')];
  deadQueueNames: string[] = [];

  list(query: URLSearchParams): User[] {
    const state = query.get('state');
    return this.users.filter(
      (user) =>
        user.username.includes(query.get('search') ?? '') &&
        (state === null ? user.state !== 'removed' : user.state === state),
    );
  }

  scopeMatches(patterns: readonly string[]): { deadQueues: string[]; of: number } {
    const fits = (name: string) => patterns.some((one) => one === name || name.startsWith(one.replace(/\*$/, '')));
    return { deadQueues: this.deadQueueNames.filter(fits), of: this.deadQueueNames.length };
  }

  create({ username, role, scope = null, password }: NewUser): Outcome {
    if (this.users.some((user) => user.username === username)) return { fault: 'user.exists' };
    const user = fakeUser(String(this.users.length + 1), username, {
      ...{ role, scope, deadQueues: scope && this.scopeMatches(scope).deadQueues },
      ...{ mustChangePassword: true, lastSignInAt: null, sessions: 0 },
    });
    this.users.push(user);
    return { status: 201, body: { user, password: password === undefined ? 'abcde-fghjk-mnpqr-23456' : null } };
  }

  act(method: string, id: string, verb: string | undefined, body: unknown): Outcome {
    const user = this.users.find((one) => one.id === id);
    if (!user) return { fault: 'user.notFound' };
    if (verb === 'password') {
      Object.assign(user, { mustChangePassword: true, sessions: 0 });
      return { status: 200, body: { user, password: 'zyxwv-tsrqp-nmkjh-98765' } };
    }
    if (verb === 'unlock') user.lockedUntil = null;
    else if (verb === 'second-factor') {
      user.hasSecondFactor = false;
      return { status: 204 };
    } else if (method === 'DELETE') {
      user.state = 'removed';
      return { status: 204 };
    } else {
      const { version, disabled, ...rights } = body as UserChange;
      if (version !== user.version) return { fault: 'user.changed' };
      Object.assign(user, rights, { version: version + 1 });
      if (disabled !== undefined) user.state = disabled ? 'disabled' : 'enabled';
    }
    return { status: 200, body: user };
  }

  changePassword({ current, new: chosen }: { current: string; new: string }): ErrorCode | undefined {
    if (current !== 'right') return 'password.wrongCurrent';
    if (chosen.includes('password')) return 'password.common';
    this.mustChangePassword = false;
    return undefined;
  }

  endSessions(id: string | undefined): number {
    const before = this.sessions.length;
    this.sessions = this.sessions.filter((one) => (id === undefined ? one.isCurrent : one.id !== id));
    return before - this.sessions.length;
  }
}
