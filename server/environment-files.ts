import { readFileSync } from 'node:fs';

/** No secret is longer, in bytes; what is longer is another file than was meant. */
const MOST_BYTES = 64 * 1024;

/**
 * Fills in variables whose value is in a file: `NAME_FILE` is the path of the file that holds `NAME`, as container platforms
 * mount secrets, so that it stands neither in the environment nor in the process list. One line break at the end is no part
 * of it.
 *
 * @returns the environment with them, and what is wrong, by variable, as sentences without their contents.
 */
export function withFiles(
  names: readonly string[],
  env: Record<string, string | undefined>,
): { env: Record<string, string | undefined>; problems: string[] } {
  const filled = { ...env };
  const problems: string[] = [];
  for (const name of names) {
    const variable = `${name}_FILE`;
    const file = env[variable];
    // Some variables are themselves the path of a file.
    if (file === undefined || file === '' || names.includes(variable)) continue;
    if (env[name] !== undefined && env[name] !== '') {
      problems.push(`${name} and ${variable} are both set: one of them, please.`);
      continue;
    }
    try {
      const content = readFileSync(file);
      if (content.length > MOST_BYTES) problems.push(`${variable}: ${file} is longer than 64 KiB.`);
      else filled[name] = content.toString('utf8').replace(/\r?\n$/, '');
    } catch (error) {
      problems.push(`${variable}: ${file} cannot be read (${codeOf(error)}).`);
    }
  }
  return { env: filled, problems };
}

export function codeOf(error: unknown): string {
  const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
  return typeof code === 'string' ? code : 'unknown error';
}
