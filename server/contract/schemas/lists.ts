import { z } from 'zod';

/** Ids are decimal strings: JavaScript numbers round past 2^53. */
export const id = z
  .string()
  .regex(/^[1-9]\d{0,18}$/)
  .meta({ description: 'A decimal id', example: '88121' });

/** ISO-8601 UTC with milliseconds. */
export const time = z.iso.datetime({ precision: 3 }).meta({ example: '2026-11-22T07:18:00.000Z' });

export const pageInfo = z.strictObject({
  hasNextPage: z.boolean(),
  hasPreviousPage: z.boolean(),
  after: z.string().optional(),
  before: z.string().optional(),
  searchedTo: z.string().optional().meta({ description: 'How far a bounded search looked; go on with `after`.' }),
});
export type PageInfo = z.infer<typeof pageInfo>;

/** The answer of every list. `total` is null where the capped count (10 001) was not exact. */
export function listOf<T extends z.ZodType>(item: T) {
  return z.strictObject({
    data: z.array(item),
    pageInfo,
    total: z.number().int().nullable(),
    totalAtLeast: z.number().int(),
  });
}
export interface List<T> {
  data: T[];
  pageInfo: PageInfo;
  total: number | null;
  totalAtLeast: number;
}

/** The query parameters that every list takes. */
export const paging = {
  page: z.coerce.number().int().min(1).optional(),
  perPage: z.coerce.number().int().min(1).max(500).optional(),
  after: z.string().max(512).optional(),
  before: z.string().max(512).optional(),
};
