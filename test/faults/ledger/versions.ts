import amqplib from 'amqplib';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { z } from 'zod';

import { testServices } from '../../support/services.ts';

const product = z.object({ product: z.string(), version: z.string() });

/** What the faults were caused on: the database, the broker, Node.js. */
export async function versions(): Promise<string> {
  const { amqpUrl, databaseUrl } = testServices();
  const model = await amqplib.connect(amqpUrl);
  const broker = product.parse(model.connection.serverProperties);
  await model.close();
  const connection = await mysql.createConnection(databaseUrl);
  const [rows] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  await connection.end();
  const { version } = z.object({ version: z.string() }).parse(rows[0]);
  const database = `${/mariadb/i.test(version) ? 'MariaDB' : 'MySQL'} ${version.split('-')[0] ?? version}`;
  return `${database}, ${broker.product} ${broker.version}, Node.js ${process.versions.node}`;
}
