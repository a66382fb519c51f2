import { availableParallelism, cpus, totalmem } from 'node:os';

import amqplib from 'amqplib';
import type { RowDataPacket } from 'mysql2';
import { z } from 'zod';

import type { Setting } from './setting.ts';

const product = z.object({ product: z.string(), version: z.string() });

/** What the figures were measured on, in general words. */
export async function machineFacts({ office, services }: Setting): Promise<string> {
  const model = await amqplib.connect(services.amqpUrl);
  const broker = product.parse(model.connection.serverProperties);
  await model.close();
  const [rows] = await office.database.query<RowDataPacket[]>(
    'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush, @@innodb_buffer_pool_size AS pool',
  );
  const { version, flush, pool } = z
    .object({ version: z.string(), flush: z.coerce.number(), pool: z.coerce.number() })
    .parse(rows[0]);
  return [
    `${availableParallelism()} cores (${cpus()[0]?.model.trim() ?? 'unknown'})`,
    `${Math.round(totalmem() / 2 ** 30)} GiB`,
    `Node.js ${process.versions.node}`,
    `${broker.product} ${broker.version}`,
    `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${version.split('-')[0] ?? version}`,
    `buffer pool ${Math.round(pool / 2 ** 20)} MiB`,
    flush === 1 ? 'every commit on disk' : `commits not forced to disk (innodb_flush_log_at_trx_commit = ${flush})`,
    'classic durable queues',
  ].join(', ');
}
