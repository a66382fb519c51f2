import { z } from 'zod';

import { id, listOf, time } from './lists.ts';

const name = z.string().trim().min(1).max(80);
const address = z.string().max(2000).meta({
  description: 'The list’s address in the console behind its `?`: filters, sort, page size. Spans like -2h stay spans.',
});

export const savedView = z
  .strictObject({
    id,
    name,
    address,
    isShared: z.boolean(),
    owner: z.string(),
    isMine: z.boolean(),
    version: z.number().int(),
    updatedAt: time,
  })
  .meta({ id: 'SavedView' });
export type SavedView = z.infer<typeof savedView>;
export const savedViewList = listOf(savedView);

export const newSavedView = z.strictObject({ name, address, isShared: z.boolean() });
export type NewSavedView = z.infer<typeof newSavedView>;

export const savedViewChange = z.strictObject({
  name: name.optional(),
  address: address.optional(),
  isShared: z.boolean().optional(),
  version: z.number().int().meta({ description: 'The version that was seen: of two changes the second is refused.' }),
});
export type SavedViewChange = z.infer<typeof savedViewChange>;
