import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/** Where a running example can be found. */
const stateSchema = z.object({ url: z.url(), pid: z.int(), startedAt: z.string() });
export type ExampleState = z.infer<typeof stateSchema>;

/** Written to the side and renamed: nobody reads half of it. */
export async function writeState(file: string, state: ExampleState): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`);
  await rename(draft, file);
}

/** Null when there is none, or none that can be read. */
export async function readState(file: string): Promise<ExampleState | null> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** Removes it, unless another example has taken its place. */
export async function removeState(file: string): Promise<void> {
  if ((await readState(file))?.pid === process.pid) await rm(file, { force: true });
}
