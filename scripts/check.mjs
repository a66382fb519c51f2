// npm run check: types, lint, format, unused code and the size of the console. Runs all of them, and tells of every one that failed.
import './launcher/node-version.mjs';
import { checkBundleBudget } from './launcher/bundle-budget.mjs';
import { run } from './launcher/commands.mjs';
import { prepare } from './launcher/prepare.mjs';
import { runCommand } from './launcher/problem.mjs';

const CHECKS = [
  ['types of server, tests and scripts', 'typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json'],
  ['types of the console', 'typescript/bin/tsc', '--noEmit', '-p', 'client/tsconfig.json'],
  ['lint', 'eslint/bin/eslint.js', '.'],
  ['format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
  ['unused code', 'knip/bin/knip.js'],
];

await runCommand(async () => {
  await prepare({ built: false });
  let failed = 0;
  const checks = CHECKS.map(([what, program, ...args]) => ({
    what,
    check: () => run(process.execPath, [`node_modules/${program}`, ...args]),
  }));
  for (const { what, check } of [...checks, { what: "size of the console's first load", check: checkBundleBudget }]) {
    const { code, output } = await check();
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'}  ${what}`);
    if (code !== 0) console.log(`\n${output.trimEnd()}\n`);
    failed += code === 0 ? 0 : 1;
  }
  return failed === 0 ? 0 : 1;
});
