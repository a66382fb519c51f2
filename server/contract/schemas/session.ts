import { z } from 'zod';

import { ROLES } from '../access.ts';
import { id } from './lists.ts';
import { secondFactorCode } from './second-factor.ts';

export const credentials = z.strictObject({
  username: z.string().trim().min(1).max(64),
  password: z.string().min(1).max(1024),
  /** Of those who have a second factor: a code of their app, or a recovery code. */
  code: secondFactorCode.optional(),
});
export type Credentials = z.infer<typeof credentials>;

export const sessionUser = z
  .strictObject({
    id,
    username: z.string(),
    role: z.enum(ROLES),
    /** Patterns of dead queues; null: all of them. */
    scope: z.array(z.string()).nullable(),
    /** They have to set a password of their own before anything else. */
    mustChangePassword: z.boolean(),
  })
  .meta({ id: 'SessionUser' });
export type SessionUser = z.infer<typeof sessionUser>;
/** How people may sign in. */
export const signInMethods = z
  .strictObject({
    /** By username and password. */
    password: z.boolean(),
    /** By the identity provider, which begins at `url`; `name` is what it is called, null: single sign-on. */
    singleSignOn: z.strictObject({ name: z.string().nullable(), url: z.string() }).nullable(),
  })
  .meta({ id: 'SignInMethods' });
export type SignInMethods = z.infer<typeof signInMethods>;

export const session = z.strictObject({ user: sessionUser });
export type Session = z.infer<typeof session>;
