import { once } from 'node:events';
import { createInterface } from 'node:readline';

import { pino } from 'pino';
import { z } from 'zod';

import { openConnection } from '../../server/amqp/connection.ts';
import { openPublisher } from '../../server/amqp/publisher.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { ensureInstallation } from '../../server/messages/resend-mark.ts';
import { OperationRunner } from '../../server/operations/runner.ts';
import { DEFAULT_SETTINGS } from '../../server/settings/settings-store.ts';

/**
 * The program of `startOperationsProcess`: reads what it is in one line of JSON, says `ready`, runs operations, and puts
 * everything down when its standard input ends, so also when the test is gone.
 */
const orders = z.object({
  databaseUrl: z.string(),
  amqpUrl: z.string(),
  instanceId: z.string(),
  times: z.object({ leaseMs: z.number(), leaveWithinMs: z.number() }),
  livesMs: z.number(),
});

const CONNECTS_WITHIN_MS = 20_000;

const input = createInterface(process.stdin);
const letGo = once(input, 'close');
const [line] = (await once(input, 'line')) as [string];
const { databaseUrl, amqpUrl, instanceId, times, livesMs } = orders.parse(JSON.parse(line));
setTimeout(() => process.exit(1), livesMs).unref();

const logger = pino({ level: 'warn' });
const database = connectDatabase({ url: databaseUrl });
const connection = openConnection({
  url: amqpUrl,
  name: `test operations ${instanceId}`,
  logger,
  retry: { initialMs: 50, maxMs: 200 },
});
const runner = new OperationRunner({
  database,
  publisher: openPublisher({ connection, logger }),
  connection,
  installation: await ensureInstallation(database),
  settings: { now: DEFAULT_SETTINGS },
  logger,
  times,
  instanceId,
  pollMs: 50,
});
await connection.connected(CONNECTS_WITHIN_MS);
runner.start();
console.log('ready');
await letGo;
await runner.stop();
await connection.close();
await database.destroy();
