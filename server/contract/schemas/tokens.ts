import { z } from 'zod';

import { ROLES } from '../access.ts';
import { TOKEN_DAYS } from '../tokens.ts';
import { id, listOf, time } from './lists.ts';

const pattern = z.string().trim().min(1).max(255);

export const apiToken = z
  .strictObject({
    id,
    name: z.string(),
    owner: z.string().meta({ description: 'The username of its user: what it does is done in their name.' }),
    isMine: z.boolean(),
    role: z.enum(ROLES).meta({ description: "At most this; less as soon as its user's role is less." }),
    scope: z.array(z.string()).nullable().meta({
      description: 'Patterns of dead queues; null: as its user. A dead queue has to be in reach of its user, too.',
    }),
    hint: z.string().meta({ description: 'Its last characters.' }),
    createdAt: time,
    expiresAt: time,
    isExpired: z.boolean(),
    lastUsedAt: time.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'ApiToken' });
export type ApiToken = z.infer<typeof apiToken>;
export const apiTokenList = listOf(apiToken);

export const apiTokenQuery = z.strictObject({
  of: z
    .enum(['me', 'everybody'])
    .optional()
    .meta({ description: 'everybody: for those who may edit users. Yours by default.' }),
});

export const newApiToken = z
  .strictObject({
    name: z.string().trim().min(1).max(128),
    role: z.enum(ROLES).meta({ description: 'At most yours.' }),
    scope: z
      .array(pattern)
      .min(1)
      .max(50)
      .nullable()
      .optional()
      .meta({ description: 'Patterns of dead queues within yours, `*` for any characters. Null: as you.' }),
    expiresInDays: z
      .number()
      .int()
      .min(1)
      .max(TOKEN_DAYS.most)
      .optional()
      .meta({
        description: `${TOKEN_DAYS.usual} by default.`,
      }),
  })
  .meta({ id: 'NewApiToken' });
export type NewApiToken = z.infer<typeof newApiToken>;

export const madeApiToken = z
  .strictObject({
    ...apiToken.shape,
    token: z.string().meta({ description: 'The token itself. It is said this once and kept nowhere.' }),
  })
  .meta({ id: 'MadeApiToken' });
export type MadeApiToken = z.infer<typeof madeApiToken>;
