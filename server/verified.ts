import { parseArgs } from 'node:util';

import { ConfigError, readVerifyConfig } from './config.ts';
import { connectDatabase } from './database/connect.ts';
import { databaseFault } from './database/faults.ts';
import { sealText } from './audit/seal-chain.ts';
import { parseSeal, sealsOfLog } from './verify/given-seals.ts';
import { verifyRecord, type GivenSeal, type Verified } from './verify/verify-record.ts';

const USAGE = `npm run audit:verify [-- [--seal SEQ:HMAC …] [--log FILE …] [--structure-only]]

Verifies that nothing of the audit record was changed, removed or written in: reads DATABASE_URL and AUDIT_SEAL_KEY, and
changes nothing. Without them it verifies the private services of npm start, while those run.
  --seal SEQ:HMAC    a seal that the office wrote into its log: it has to be there as it was. Shows a cut end
  --log FILE         the same for all seals in a log file; - reads standard input
  --structure-only   without the key: looks only whether seals, events or numbers are missing
It ends with 0 where everything holds, with 1 where something does not, with 2 when it could not look. See docs/audit.md.
`;
/** Faults that are printed one by one. */
const MOST_PRINTED = 100;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readArguments(args);
  if (options === null) {
    process.stderr.write(USAGE);
    return 2;
  }
  let config;
  try {
    config = readVerifyConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.problems.join('\n')}\n\n${USAGE}`);
    return 2;
  }
  if (config.sealKeys.length === 0 && !options.structureOnly) {
    process.stderr.write(`AUDIT_SEAL_KEY is missing: it is the key that the office seals with.\n\n${USAGE}`);
    return 2;
  }
  const database = connectDatabase({ url: config.databaseUrl, tls: config.databaseTls, poolSize: 2 });
  try {
    const given: GivenSeal[] = [...options.seals];
    for (const log of options.logs) given.push(...(await sealsOfLog(log)));
    let faults = 0;
    const verified = await verifyRecord(database, {
      keys: options.structureOnly ? [] : config.sealKeys,
      given,
      onFinding: ({ fault, text }) => {
        if (fault) faults += 1;
        if (!fault || faults <= MOST_PRINTED) process.stdout.write(`${fault ? '✗' : '·'} ${text}\n`);
      },
    });
    if (faults > MOST_PRINTED) process.stdout.write(`… and ${faults - MOST_PRINTED} more.\n`);
    process.stdout.write(`${summaryOf(verified, { ...options, faults, given: given.length })}\n`);
    return faults === 0 ? 0 : 1;
  } catch (error) {
    process.stderr.write(`${wordsFor(error)}\n`);
    return 2;
  } finally {
    await database.destroy();
  }
}

/** Null when they are wrong. */
function readArguments(args: string[]): { seals: GivenSeal[]; logs: string[]; structureOnly: boolean } | null {
  try {
    const { values } = parseArgs({
      args,
      options: {
        seal: { type: 'string', multiple: true, default: [] },
        log: { type: 'string', multiple: true, default: [] },
        'structure-only': { type: 'boolean', default: false },
      },
    });
    const seals = values.seal.map(parseSeal);
    const right = seals.filter((seal) => seal !== null);
    if (right.length < seals.length) return null;
    return { seals: right, logs: values.log, structureOnly: values['structure-only'] };
  } catch {
    return null;
  }
}

function summaryOf(
  { count, first, last, operations }: Verified,
  { faults, given, structureOnly }: { faults: number; given: number; structureOnly: boolean },
): string {
  const chain =
    first === null || last === null
      ? 'No seals.'
      : `${count} seals, sealed from ${first.at.toISOString()} to ${last.at.toISOString()}. The newest: ` +
        sealText(last.seq, last.hmac);
  const beside = `Items of ${operations} operations were hashed again, and ${given} seals from the log compared.`;
  const unproven = structureOnly ? ' The seals themselves were not checked: that takes the key.' : '';
  const verdict = faults === 0 ? `The record is whole.${unproven}` : `${faults} things do not hold.`;
  return `${chain}\n${beside}\n${verdict}`;
}

/** The driver's own words can hold values of a statement. */
function wordsFor(error: unknown): string {
  const code: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : undefined;
  if (code === 'ENOENT' || code === 'EACCES') return `A log file cannot be read (${code}).`;
  if (databaseFault(error) === 'away') return 'The database cannot be reached, or this user may not use it.';
  return `It could not be verified (${typeof code === 'string' ? code : 'unknown fault'}). Has the office been started on this database?`;
}
