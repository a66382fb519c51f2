import { z } from 'zod';

import { ROLES } from '../access.ts';
import { PASSWORD_LENGTH } from '../passwords.ts';
import { id, listOf, paging, time } from './lists.ts';

const username = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u)
  .transform((name) => name.normalize('NFC'))
  .meta({ description: 'Letters of any script, digits, blanks, signs; no control characters' });

const pattern = z
  .string()
  .min(1)
  .max(255)
  .meta({ description: 'The name of a dead queue; `*` stands for any characters', example: 'orders.*' });
const scope = z
  .array(pattern)
  .min(1)
  .max(100)
  .transform((patterns) => [...new Set(patterns)])
  .nullable()
  .meta({ description: 'Patterns of the dead queues that they see; null: all' });

const newPassword = z.string().min(1).max(PASSWORD_LENGTH.most);

export const user = z
  .strictObject({
    id,
    username: z.string(),
    role: z.enum(ROLES),
    scope: z.array(z.string()).nullable(),
    deadQueues: z.array(z.string()).nullable().meta({ description: 'What the scope matches now; null: everything' }),
    createdAt: time,
    lastSignInAt: time.nullable(),
    state: z.enum(['enabled', 'disabled', 'removed']),
    mustChangePassword: z.boolean(),
    lockedUntil: time
      .nullable()
      .meta({ description: 'Until then no password is looked at, from somewhere: too many were wrong' }),
    hasSecondFactor: z.boolean(),
    sessions: z.number().int().meta({ description: 'Browsers signed in now' }),
    version: z.number().int(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;
export const userList = listOf(user);

export const userListQuery = z.strictObject({
  search: z.string().max(64).optional().meta({ description: 'A part of the username' }),
  state: z
    .enum(['enabled', 'disabled', 'removed'])
    .optional()
    .meta({ description: 'Absent: all but those removed for good' }),
  page: paging.page,
  perPage: paging.perPage,
});
export type UserListQuery = z.infer<typeof userListQuery>;

export const newUser = z.strictObject({
  username,
  role: z.enum(ROLES),
  scope: scope.default(null),
  password: newPassword.optional().meta({
    description: 'Absent: one is made, and answered once. In any case they set their own at the first sign-in',
  }),
});
export type NewUser = z.input<typeof newUser>;

export const userChange = z.strictObject({
  role: z.enum(ROLES).optional(),
  scope: scope.optional(),
  disabled: z.boolean().optional().meta({ description: 'True ends their sessions and API tokens at once' }),
  version: z.number().int().meta({ description: 'The version that was seen: of two changes the second is refused.' }),
});
export type UserChange = z.input<typeof userChange>;

export const passwordReset = z.strictObject({
  password: newPassword.optional().meta({ description: 'Absent: one is made, and answered once' }),
});

/** A user with the password that was made for them: kept nowhere else. */
export const userWithPassword = z.strictObject({
  user,
  password: z.string().nullable().meta({ description: 'Null where it was given' }),
});
export type UserWithPassword = z.infer<typeof userWithPassword>;

export const scopeQuery = z.strictObject({
  pattern: z.union([pattern.transform((one) => [one]), z.array(pattern).max(100)]),
});
export const scopeMatches = z.strictObject({
  deadQueues: z.array(z.string()).meta({ description: 'The dead queues that these patterns match now, by name' }),
  of: z.number().int().meta({ description: 'How many dead queues there are' }),
});
export type ScopeMatches = z.infer<typeof scopeMatches>;

export const passwordChange = z.strictObject({
  current: z.string().min(1).max(PASSWORD_LENGTH.most),
  new: newPassword,
});
export type PasswordChange = z.infer<typeof passwordChange>;

export const signedInSession = z
  .strictObject({
    id,
    isCurrent: z.boolean(),
    createdAt: time,
    lastSeenAt: time,
    expiresAt: time.meta({ description: 'When it ends if it is not used before' }),
    address: z.string().nullable(),
    userAgent: z.string().nullable().meta({ description: 'What the browser says it is' }),
  })
  .meta({ id: 'SignedInSession' });
export type SignedInSession = z.infer<typeof signedInSession>;
export const signedInSessions = z.strictObject({ data: z.array(signedInSession) });

export const sessionsQuery = z.strictObject({
  userId: id.optional().meta({ description: 'Of this user; it takes `users.edit`. Absent: your own' }),
});
export const endedSessions = z.strictObject({ ended: z.number().int() });
