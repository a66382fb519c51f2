import { z } from 'zod';

const days = z.coerce.number().int().min(1).max(36_500);

export const retentionPreviewQuery = z.strictObject({
  contentsKeptDays: days,
  recordsKeptDays: days.optional().meta({ description: 'Absent: records are kept.' }),
});

const counted = z
  .strictObject({
    count: z.number().int().nullable().meta({ description: 'Null where they could not all be counted in time.' }),
    countAtLeast: z.number().int(),
  })
  .meta({ id: 'RetentionCount' });

export const retentionPreview = z
  .strictObject({
    contents: counted.meta({ description: 'Messages whose contents would go, while their records stay.' }),
    records: counted.meta({ description: 'Messages that would go as a whole.' }),
  })
  .meta({ id: 'RetentionPreview' });
export type RetentionPreview = z.infer<typeof retentionPreview>;
