import { afterEach, beforeEach, expect, test } from 'vitest';

import { connectDatabase, type Database } from '../../../server/database/connect.ts';
import { databaseFault } from '../../../server/database/faults.ts';
import { createTestDatabase, testServices, waitFor, type TestDatabase } from '../../support/services.ts';
import { openTcpProxy, type TcpProxy } from '../../support/tcp-proxy.ts';

const SILENCE_MS = 500;

let made: TestDatabase;
let proxy: TcpProxy;
let database: Database;
let looking: Database;
beforeEach(async () => {
  made = await createTestDatabase();
  proxy = await openTcpProxy(testServices().databaseUrl);
  database = connectDatabase({ url: proxy.through(made.url), silenceMs: SILENCE_MS });
  looking = connectDatabase({ url: made.url });
});
afterEach(async () => {
  await database.destroy();
  await looking.destroy();
  await proxy.close();
  await made.drop();
});

test('a statement on a connection that says nothing any more fails as an absent database, and the next one is fine', async () => {
  // Several connections wait in the pool; none of them is to be tried one after the other.
  await Promise.all(Array.from({ length: 5 }, () => database.raw('SELECT SLEEP(0.1)')));
  proxy.strand();
  const began = performance.now();
  const fault = await database.raw('SELECT 1').then(() => null, databaseFault);
  expect(fault).toBe('away');
  await database.raw('SELECT 1');
  expect(performance.now() - began).toBeLessThan(3 * SILENCE_MS);
});

test('a transaction that is cut off so is rolled back', async () => {
  await looking.raw('CREATE TABLE things (id INT PRIMARY KEY)');
  const transaction = database.transaction(async (work) => {
    await work('things').insert({ id: 1 });
    proxy.strand();
    await work('things').insert({ id: 2 });
  });
  expect(await transaction.then(() => null, databaseFault)).toBe('away');
});

test('whoever waits for the answer of a statement that takes its time gets it while the server speaks', async () => {
  await database.raw('SELECT SLEEP(0.3)');
  // Silence between two statements is no reason.
  await waitForMs(2 * SILENCE_MS);
  const [rows] = (await database.raw('SELECT CONNECTION_ID() AS id')) as [{ id: string }[]];
  expect(rows.length).toBe(1);
});

test('the server closes what its client has left in the middle of a transaction', async () => {
  const [rows] = (await database.raw('SELECT @@wait_timeout AS seconds')) as [{ seconds: number | string }[]];
  expect(Number(rows[0]?.seconds)).toBe(60);
});

async function waitForMs(ms: number): Promise<void> {
  const began = performance.now();
  await waitFor(() => performance.now() - began >= ms);
}
