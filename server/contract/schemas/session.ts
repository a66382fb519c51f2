import { z } from 'zod';

import { ROLES } from '../access.ts';
import { id } from './lists.ts';

export const credentials = z.strictObject({
  username: z.string().trim().min(1).max(64),
  password: z.string().min(1).max(1024),
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
export const session = z.strictObject({ user: sessionUser });
export type Session = z.infer<typeof session>;
