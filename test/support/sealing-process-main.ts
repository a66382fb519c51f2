import { pino } from 'pino';

import { Sealing } from '../../server/audit/sealing.ts';
import { readSealKeys } from '../../server/audit/seal-keys.ts';
import { connectDatabase } from '../../server/database/connect.ts';

/** One process that seals, to be killed. Its arguments: the database, the instance's id, the keys. */
const [url = '', instanceId = '', keys = ''] = process.argv.slice(2);
const read = readSealKeys(keys);
if (!read.ok || read.keys[0] === undefined) throw new Error('The keys are wrong.');
const sealing = new Sealing({
  database: connectDatabase({ url }),
  instanceId,
  key: read.keys[0],
  logger: pino({ level: 'silent' }),
  everyMs: 5,
  leaseMs: 300,
});
process.stdout.write('ready\n');
// Whoever started it is gone: so is this.
process.stdin.resume().on('end', () => {
  void sealing.stop().then(() => process.exit(0));
});
