import { z } from 'zod';

import { OUTCOMES } from '../operations.ts';
import { id, time } from './lists.ts';

/** What an edit changed, against what a resend would send without it. Names, and order IDs; never other values. */
export const editSummary = z
  .strictObject({
    body: z.boolean(),
    headers: z
      .strictObject({ added: z.array(z.string()), removed: z.array(z.string()), changed: z.array(z.string()) })
      .meta({ description: 'Names, each once.' }),
    headersReordered: z.boolean().meta({ description: 'The same headers, in another order.' }),
    properties: z.array(z.string()),
    keys: z
      .array(z.strictObject({ name: z.string(), before: z.array(z.string()), after: z.array(z.string()) }))
      .meta({ description: 'Business keys, such as the order ID, that read otherwise in the edited message.' }),
  })
  .meta({ id: 'EditSummary' });
export type EditSummary = z.infer<typeof editSummary>;

/** One edit of a message: a draft, until an operation has taken it. */
export const edit = z
  .strictObject({
    id,
    messageId: id,
    deathId: id.meta({ description: 'The death whose contents were edited; those stay as they arrived.' }),
    version: z.number().int().meta({ description: 'Counts the times it was saved.' }),
    author: z.string(),
    createdAt: time,
    savedAt: time,
    outdated: z.boolean().meta({ description: 'A draft of contents that are not the latest: it failed again since.' }),
    changed: editSummary,
    operationId: id.nullable().meta({ description: 'The operation that took it. Null: it is the draft.' }),
    outcome: z.enum(OUTCOMES).nullable().meta({ description: 'What became of it. Null: nothing yet.' }),
  })
  .meta({ id: 'Edit' });
export type Edit = z.infer<typeof edit>;
