import { z } from 'zod';

/** How columns arrive from the driver, and what they become: for the schemas that read rows. */

/** BIGINT: text, because JavaScript numbers round past 2^53. */
export const idColumn = z.union([z.string(), z.number()]).transform(String);

/** Counts, sizes and `COUNT(*)`, which arrive as text too and are well below 2^53. */
export const countColumn = z.union([z.string(), z.number()]).transform(Number);

/** VARBINARY that holds UTF-8: names, keys. */
export const nameColumn = z.instanceof(Buffer).transform((bytes) => bytes.toString('utf8'));

/** DATETIME(3): ISO-8601 UTC with milliseconds, as the API shows it. */
export const timeColumn = z.date().transform((date) => date.toISOString());

// Made once: making a schema costs more than reading a row by it.
const names = z.array(z.string());

/** JSON text of a list of names. */
export const nameListColumn = z.string().transform((json) => names.parse(JSON.parse(json)));
