import { z } from 'zod';

import { time } from './lists.ts';

/** Filters whose values can be listed: those with an index of their own. */
export const LISTED_FIELDS = ['queue', 'deadQueue', 'errorType', 'exchange'] as const;

export const filterValuesQuery = z.strictObject({
  field: z.enum(LISTED_FIELDS),
  search: z.string().min(1).max(255).optional().meta({ description: 'Only values that contain this, in any case.' }),
});
export type FilterValuesQuery = z.infer<typeof filterValuesQuery>;

export const filterValues = z
  .strictObject({
    data: z.array(
      z.strictObject({
        value: z.string(),
        failures: z
          .number()
          .int()
          .nullable()
          .meta({ description: 'Failures since `since`. Null where they are not counted by this field.' }),
      }),
    ),
    since: time,
    isWhole: z.boolean().meta({ description: 'False where there are more values than are listed.' }),
  })
  .meta({ id: 'FilterValues' });
export type FilterValues = z.infer<typeof filterValues>;
