import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { numberOf } from './book.ts';
import type { Found } from './tally.ts';

const ids = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const line = z.union([
  z.object({ entry: z.string(), body: z.base64() }),
  z.object({ entry: z.string(), bodyParts: z.number() }),
  z.object({ of: z.string(), data: z.base64() }),
  z.object({ registered: ids }),
]);

/**
 * What lies in the intake journal and is not registered yet, read by the form of its lines and by nothing of the office's
 * own. An entry whose parts are not all there was never acked.
 */
export async function journalCopies(directory: string): Promise<Found[]> {
  const open = new Map<string, { missing: number; parts: Buffer[] }>();
  for (const name of await readdir(directory)) {
    if (!name.includes('.ndjson')) continue;
    const text = await readFile(path.join(directory, name), 'utf8');
    for (const given of text.split('\n').flatMap(read)) {
      if ('registered' in given) for (const id of given.registered) open.delete(id);
      else if ('body' in given) open.set(given.entry, { missing: 0, parts: [Buffer.from(given.body, 'base64')] });
      else if ('entry' in given) open.set(given.entry, { missing: given.bodyParts, parts: [] });
      else {
        const entry = open.get(given.of);
        entry?.parts.push(Buffer.from(given.data, 'base64'));
        if (entry !== undefined) entry.missing -= 1;
      }
    }
  }
  return [...open.values()]
    .filter(({ missing }) => missing === 0)
    .map(({ parts }) => ({ number: numberOf(Buffer.concat(parts)), marked: false }));
}

/** Nothing for a line that was torn, or that says something else. */
function read(text: string): z.infer<typeof line>[] {
  try {
    const parsed = line.safeParse(JSON.parse(text));
    return parsed.success ? [parsed.data] : [];
  } catch {
    return [];
  }
}
