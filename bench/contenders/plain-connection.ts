import mysql, { type Connection } from 'mysql2/promise';

/** A connection as a plain script opens it, but exact: 64-bit numbers as text, times in UTC. */
export async function connectPlainly(databaseUrl: string): Promise<Connection> {
  return await mysql.createConnection({
    uri: databaseUrl,
    timezone: 'Z',
    supportBigNumbers: true,
    bigNumberStrings: true,
    charset: 'utf8mb4',
  });
}
