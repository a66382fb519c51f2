/** Something the person at the terminal can act on: printed as it is, without a stack trace, and the exit code is 1. */
export class Problem extends Error {}

/**
 * Runs a command of ours to its end: the value `main` resolves to is the exit code.
 * @param {() => Promise<number>} main
 */
export async function runCommand(main) {
  // A closed pipe (`npm start | head`) is no reason to leave services behind.
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
  try {
    process.exit(await main());
  } catch (error) {
    console.error(error instanceof Problem ? `\n${error.message}` : error);
    process.exit(1);
  }
}
