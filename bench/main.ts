import { prepare } from '../scripts/launcher/prepare.mjs';

import { machineFacts } from './machine-facts.ts';
import { measureBurst } from './measure-burst.ts';
import { measureConsole } from './measure-console.ts';
import { measureIntake } from './measure-intake.ts';
import { measureLists } from './measure-lists.ts';
import { measureResend } from './measure-resend.ts';
import { readOptions, USAGE, type BenchOptions, type Part } from './options.ts';
import { openSetting, type Setting } from './setting.ts';

// npm run bench: measures the office beside the least that could do the same, in one run on one machine.
// docs/benchmarks.md says what the figures mean.

const parts: Record<Part, (setting: Setting, options: BenchOptions, mayGoOn: () => boolean) => Promise<void>> = {
  intake: measureIntake,
  resend: measureResend,
  burst: measureBurst,
  lists: measureLists,
  console: measureConsole,
};

/** No further round of a part begins after this share of the time. */
const SHARE_OF_TIME: Record<Part, number> = { intake: 0.5, resend: 0.8, burst: 1, lists: 1, console: 1 };

const args = process.argv.slice(2);
const options = readOptions(args);
if (args.includes('--help')) {
  console.log(USAGE);
} else if (options === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await bench(options);
}

async function bench(options: BenchOptions): Promise<number> {
  const started = performance.now();
  let setting: Setting | null = null;
  // What was made on servers that are not ours alone is removed also when somebody has seen enough.
  process.once('SIGINT', () => void setting?.close().finally(() => process.exit(130)));
  try {
    if (options.only.includes('console')) await prepare({ built: true });
    setting = await openSetting(options);
    console.log(`${await machineFacts(setting)}.`);
    for (const part of options.only) {
      const until = started + options.seconds * 1000 * SHARE_OF_TIME[part];
      await parts[part](setting, options, () => performance.now() < until);
    }
    console.log(`\n${Math.round((performance.now() - started) / 1000)} s in all.`);
    return 0;
  } catch (error) {
    console.error(error);
    return 1;
  } finally {
    await setting?.close();
  }
}
