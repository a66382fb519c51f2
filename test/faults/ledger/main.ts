import { catalogue } from './catalogue.ts';
import { holds, toMarkdown, type LedgerRow } from './ledger-row.ts';
import { readOptions, USAGE, type FaultOptions } from './options.ts';
import { startOwnServices, type OwnServices } from './own-services.ts';
import { partsOf, play } from './play.ts';
import { versions } from './versions.ts';

// npm run faults: causes every fault of the catalogue and counts whether anything was lost or doubled by it.
// docs/reliability.md says what the figures mean.

const args = process.argv.slice(2);
const options = readOptions(args);
if (args.includes('--help')) {
  console.log(USAGE);
} else if (options === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else {
  process.exitCode = await faults(options);
}

async function faults(options: FaultOptions): Promise<number> {
  if (faultsOf(options).length === 0) {
    const names = [...new Set(catalogue.map(({ name }) => name))];
    console.error(`No fault's name begins so. There are:\n${names.map((name) => `  ${name}`).join('\n')}`);
    return 2;
  }
  const own = await ownServices();
  // A Ctrl-C can come twice, from the terminal and from whoever started this: the second one must not cut the end short.
  let ending: Promise<void> | null = null;
  for (const [signal, code] of [['SIGINT', 130] as const, ['SIGTERM', 143] as const]) {
    process.on(signal, () => {
      ending ??= (own?.end() ?? Promise.resolve()).finally(() => process.exit(code));
    });
  }
  try {
    let good = true;
    for (let time = 0; time < options.times; time += 1) good = (await onceThrough(options, own)) && good;
    return good ? 0 : 1;
  } finally {
    await own?.end();
  }
}

function faultsOf({ only }: FaultOptions): typeof catalogue {
  return catalogue.filter(({ name }) => only === undefined || only.some((start) => name.startsWith(start)));
}

/** Servers that may be killed, unless others are given. */
async function ownServices(): Promise<OwnServices | null> {
  if (process.env['TEST_AMQP_URL'] && process.env['TEST_DATABASE_URL'] && process.env['TEST_MANAGEMENT_URL'])
    return null;
  const own = await startOwnServices();
  process.env['TEST_AMQP_URL'] = own.amqpUrl;
  process.env['TEST_DATABASE_URL'] = own.databaseUrl;
  process.env['TEST_MANAGEMENT_URL'] = own.managementUrl;
  return own;
}

async function onceThrough(options: FaultOptions, own: OwnServices | null): Promise<boolean> {
  const { side } = options;
  const rows: LedgerRow[] = [];
  const hindered: string[] = [];
  const started = performance.now();
  const facts = `${new Date().toISOString().slice(0, 10)}, ${await versions()}`;
  console.log(`${facts}\n`);
  for (const part of partsOf(faultsOf(options))) {
    if (side !== undefined && part.side !== side) continue;
    const hindrance = part.fault.hindrance?.(own) ?? null;
    if (hindrance !== null) {
      hindered.push(`${part.fault.name}: ${hindrance}`);
      continue;
    }
    const row = await play(part, { ...options, own, patient: true });
    rows.push(row);
    console.log(`${holds(row) ? 'ok' : 'NOT OK'}  ${JSON.stringify(row)}`);
  }
  const minutes = ((performance.now() - started) / 60_000).toFixed(1);
  console.log(`\n${facts}, ${minutes} minutes\n\n${toMarkdown(rows)}`);
  for (const line of new Set(hindered)) console.log(`\nNot caused: ${line}.`);
  const bad = rows.filter((row) => !holds(row));
  for (const { fault, side: at, queueType, note } of bad)
    console.error(`\nNOT OK: ${fault}, ${at}, ${queueType}: ${note}`);
  return bad.length === 0;
}
