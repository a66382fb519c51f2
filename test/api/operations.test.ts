import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { Operation } from '../../server/contract/schemas/operations.ts';
import type { Settings } from '../../server/contract/schemas/settings.ts';
import { connectDatabase } from '../../server/database/connect.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { openSeeder, type Seeder } from '../support/seed-messages.ts';
import { waitFor } from '../support/services.ts';
import { openWire, type Wire } from '../support/wire.ts';

let first: TestOffice;
let second: TestOffice;
let wire: Wire;
let queue: string;
let seeder: Seeder;
let closeSeeder: () => Promise<void>;

beforeAll(async () => {
  wire = await openWire();
  queue = await wire.queue();
  first = await startOffice();
  second = await startOffice({ databaseUrl: first.databaseUrl });
  const database = connectDatabase({ url: first.databaseUrl, poolSize: 2 });
  seeder = await openSeeder(database);
  closeSeeder = () => database.destroy();
});
afterAll(async () => {
  await closeSeeder();
  await second.remove();
  await first.remove();
  await wire.close();
});

const operation = async (id: string) => (await first.api.get(`/api/operations/${id}`).expect(200)).body as Operation;
const until = (id: string, wanted: (one: Operation) => boolean, deadlineMs = 15_000) =>
  waitFor(
    async () => {
      const now = await operation(id);
      return wanted(now) ? now : null;
    },
    { deadlineMs, describe: `operation ${id} to be as wanted` },
  );

describe('Freezing resends', () => {
  it('holds up every operation on every instance within two seconds, and lets them go on', async () => {
    const ids = await seeder.seed(Array.from({ length: 60 }, () => ({ exchange: '', routingKey: queue, queue })));
    const body = { action: 'resend', selection: { ids }, ratePerSecond: 10 };
    const started = (await first.api.post('/api/operations').send(body).expect(202)).body as Operation;
    await until(started.id, ({ outcomes }) => outcomes.confirmed > 0);
    // Whoever of the two runs it: the other one is told.
    await second.api
      .patch('/api/settings')
      .send({ resendsFrozen: { reason: 'order API down' } })
      .expect(200);
    const asked = performance.now();
    const frozen = await until(started.id, ({ hold }) => hold?.code === 'resendsFrozen', 5_000);
    expect(performance.now() - asked).toBeLessThan(2_500);
    expect(frozen).toMatchObject({ status: 'waiting', hold: { params: { reason: 'order API down', by: 'operator' } } });
    const settings = (await first.api.get('/api/settings').expect(200)).body as Settings;
    expect(settings.resendsFrozen).toMatchObject({ reason: 'order API down' });
    await first.api.patch('/api/settings').send({ resendsFrozen: null }).expect(200);
    await first.api.patch(`/api/operations/${started.id}`).send({ ratePerSecond: null }).expect(200);
    expect(await until(started.id, ({ finishedAt }) => finishedAt !== null)).toMatchObject({
      outcomes: { confirmed: 60 },
    });
    const events = await first.api.get('/api/audit-events?kind=settings.changed').expect(200);
    expect((events.body as { data: unknown[] }).data).toMatchObject([
      { details: { resendsFrozen: null, before: { resendsFrozen: { reason: 'order API down' } } } },
      { details: { resendsFrozen: { reason: 'order API down' }, before: { resendsFrozen: null } } },
    ]);
  });

  it('refuses settings that make no sense, and says which', async () => {
    const bad = await first.api.patch('/api/settings').send({ contentsKeptDays: 0, colour: 'red' }).expect(400);
    expect((bad.body as { errors: object }).errors).toMatchObject({ contentsKeptDays: 'field.invalid' });
    await first.api
      .patch('/api/settings')
      .send({ resendsFrozen: { reason: ' ' } })
      .expect(400);
  });
});

describe('The items of an operation', () => {
  it('are a table for a spreadsheet, formulas escaped, by outcome too', async () => {
    const ids = await seeder.seed([
      { exchange: '', routingKey: queue, queue },
      { exchange: 'amq.direct', routingKey: `=cmd-${queue}`, queue },
    ]);
    const body = { action: 'resend', selection: { ids } };
    const { id } = (await first.api.post('/api/operations').send(body).expect(202)).body as Operation;
    await until(id, ({ finishedAt }) => finishedAt !== null);
    const all = await first.api.get(`/api/operations/${id}/items/export`).expect(200);
    expect(all.headers['content-disposition']).toBe(`attachment; filename="operation-${id}.csv"`);
    const lines = all.text.trim().split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[0]).toContain('messageId,outcome,exchange,routingKey,at,errorCode,errorText,cameBackAt,settledAt');
    const unroutable = await first.api.get(`/api/operations/${id}/items/export?outcome=unroutable`).expect(200);
    expect(unroutable.text.trim().split('\n')).toHaveLength(2);
    expect(unroutable.text).toContain(`'=cmd-${queue}`);
    await first.api.get('/api/operations/424242/items/export').expect(404);
  });
});
