import { randomBytes } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';

import { connectDatabase, type Database } from '../../server/database/connect.ts';
import { Names } from '../../server/database/names.ts';
import { grantStatements } from '../../server/database/grants.ts';
import { migrate } from '../../server/database/migrate.ts';
import { auditEventList, type AuditEvent } from '../../server/contract/schemas/audit.ts';
import { verifyRecord } from '../../server/verify/verify-record.ts';
import { startOffice, type TestOffice } from '../support/office.ts';
import { reveal } from '../support/reveal.ts';
import { openSeeder } from '../support/seed-messages.ts';
import { createTestDatabase, waitFor, type TestDatabase } from '../support/services.ts';
import { signInAs } from '../support/sign-in.ts';

const KEY = { id: '1', key: randomBytes(32) };
const ACCOUNT = `office_${randomBytes(4).toString('hex')}`;

let place: TestDatabase;
/** With every right. */
let database: Database;
let office: TestOffice;
let messageId: string;
let operationId: string;
let lead: TestOffice['api'];

beforeAll(async () => {
  place = await createTestDatabase();
  database = connectDatabase({ url: place.url });
  await migrate(database);
  // What the page on the audit record tells to do: the office runs with an account that may not touch what it wrote.
  await database.raw(`CREATE USER '${ACCOUNT}'@'%' IDENTIFIED BY 'a password'`);
  for (const statement of await grantStatements(database, `'${ACCOUNT}'@'%'`)) await database.raw(statement);
  const url = new URL(place.url);
  url.username = ACCOUNT;
  url.password = 'a password';
  office = await startOffice({ databaseUrl: url.href, audit: { sealKeys: [KEY], stream: null } });
  const seeder = await openSeeder(database);
  const [seeded = ''] = await seeder.seed([{}]);
  messageId = seeded;
  const nameId = (await new Names(database).idsOf(['orderId'])).get('orderId');
  await database('business_keys').insert({
    name_id: String(nameId),
    value: Buffer.from('ORD-77'),
    message_id: messageId,
    tail: Buffer.from('77'),
  });
  lead = await signInAs(office, database, { username: 'the lead', role: 'lead' });
  const made = await lead
    .post('/api/operations')
    .send({ action: 'delete', selection: { ids: [messageId] }, reason: 'a test' })
    .expect(202);
  operationId = z.object({ id: z.string() }).parse(made.body).id;
  await waitFor(async () => (await eventsOf({ kind: 'operation.finished' })).length === 1);
});
afterAll(async () => {
  await office.remove();
  await database.raw(`DROP USER '${ACCOUNT}'@'%'`);
  await database.destroy();
  await place.drop();
});

async function eventsOf(query: Record<string, string | string[]>, as = office.api): Promise<AuditEvent[]> {
  const answer = await as.get('/api/audit-events').query(query).expect(200);
  return auditEventList.parse(answer.body).data;
}
const kindsOf = async (query: Record<string, string | string[]>, as = office.api) =>
  (await eventsOf(query, as)).map(({ kind }) => kind);

describe('The audit record', () => {
  it('is written by an account that can neither change nor remove it', async () => {
    const url = new URL(office.databaseUrl);
    const restricted = connectDatabase({ url: url.href });
    try {
      for (const table of ['audit_events', 'audit_seals', 'audit_event_orders']) {
        await expect(restricted(table).delete()).rejects.toMatchObject({ code: 'ER_TABLEACCESS_DENIED_ERROR' });
      }
      await expect(restricted('audit_events').update({ kind: 'x' })).rejects.toMatchObject({
        code: 'ER_TABLEACCESS_DENIED_ERROR',
      });
      await expect(restricted.raw('CREATE TABLE x (id INT)')).rejects.toMatchObject({
        code: 'ER_TABLEACCESS_DENIED_ERROR',
      });
    } finally {
      await restricted.destroy();
    }
  });

  it('says who, from where, what, why, and with which outcome', async () => {
    const [created] = await eventsOf({ kind: 'operation.created' });
    expect(created).toMatchObject({
      actor: 'the lead',
      address: '127.0.0.1',
      operationId,
      details: { action: 'delete', reason: 'a test', total: 1 },
    });
    const [finished] = await eventsOf({ kind: 'operation.finished' });
    expect(finished).toMatchObject({
      actor: 'office',
      address: null,
      details: { status: 'finished', total: 1, outcomes: { confirmed: 1, skipped: 0 }, cameBack: 0 },
    });
    expect(finished?.details['itemsSha256']).toMatch(/^[0-9a-f]{64}$/);
  });

  it('has refused sign-ins, and from where', async () => {
    await office.api.post('/api/session').send({ username: 'the lead', password: 'wrong' }).expect(401);
    const events = await eventsOf({ subject: 'HE LEA', kind: 'session.refused' });
    expect(events).toMatchObject([{ kind: 'session.refused', subject: 'the lead', address: '127.0.0.1' }]);
    expect(await eventsOf({ subject: 'the lead', address: '10.9.9.9' })).toEqual([]);
    expect(await kindsOf({ address: '127.0.0.1', kind: 'session.refused' })).toEqual(['session.refused']);
  });

  it('is searched by person, message, operation, time and order, also by an ID that an act was given', async () => {
    const start = new Date(Date.now() - 3_600_000).toISOString();
    expect(await kindsOf({ actor: 'the lead', kind: 'operation.created', from: start })).toHaveLength(1);
    expect(await kindsOf({ actor: 'the lead', to: start })).toEqual([]);
    expect(await kindsOf({ operationId })).toEqual(['operation.finished', 'operation.created']);
    expect(await kindsOf({ orderId: 'ORD-77' })).toEqual(['operation.finished', 'operation.created']);
    await reveal(office.api, messageId);
    await office.api.get(`/api/messages/${messageId}/body`).expect(200);
    expect(await kindsOf({ messageId })).toEqual(['message.bodyDownloaded', 'message.revealed']);
    await office.api.get('/api/messages/export?format=csv&orderId=ORD-78&orderId=ORD-77').expect(200);
    const ofMessage = ['message.bodyDownloaded', 'message.revealed'];
    const ofOrder = ['messages.exported', ...ofMessage, 'operation.finished', 'operation.created'];
    // With or without its prefix, as orders are found everywhere.
    for (const orderId of ['ORD-77', '77']) expect(await kindsOf({ orderId })).toEqual(ofOrder);
    expect(await kindsOf({ orderId: 'ORD-78' })).toEqual(['messages.exported']);
    expect(await kindsOf({ orderId: 'ORD-77', actor: 'the lead' })).toEqual(['operation.created']);
  });

  it('is turned page by page in both directions', async () => {
    const all = (await eventsOf({ perPage: '100' })).map(({ id }) => id);
    const first = auditEventList.parse((await office.api.get('/api/audit-events?perPage=2')).body);
    const after = first.pageInfo.after ?? '';
    const second = auditEventList.parse((await office.api.get('/api/audit-events').query({ perPage: 2, after })).body);
    expect([...first.data, ...second.data].map(({ id }) => id)).toEqual(all.slice(0, 4));
    const before = second.pageInfo.before ?? '';
    const back = auditEventList.parse((await office.api.get('/api/audit-events').query({ perPage: 2, before })).body);
    expect(back.data).toEqual(first.data);
    // With conditions that no index knows, the same.
    const ofLead = await lead.get('/api/audit-events').query({ perPage: 1 });
    const [own] = auditEventList.parse(ofLead.body).data;
    expect(own?.kind).not.toMatch(/^session/);
  });

  it('shows of users and their sign-ins only to those who manage them, and to themselves', async () => {
    const mine = await eventsOf({ kind: ['session.created', 'session.refused', 'user.created'] }, lead);
    expect(mine.map(({ actor, kind }) => [actor, kind])).toEqual([['the lead', 'session.created']]);
  });

  it('shows to somebody limited to dead queues only what lies within them, and their own acts', async () => {
    const [queue] = await database('dead_queues').pluck<string[]>('name');
    const inside = await signInAs(office, database, {
      username: 'inside',
      role: 'lead',
      scope: [String(queue)],
    });
    const outside = await signInAs(office, database, { username: 'outside', role: 'lead', scope: ['other.*'] });
    expect(await kindsOf({}, outside)).toEqual(['session.created']);
    expect(await kindsOf({ operationId }, outside)).toEqual([]);
    // The dead queues of an operation are noted when it is frozen.
    await database('operation_dead_queues')
      .insert({
        operation_id: operationId,
        dead_queue_id: String(
          (await database('failed_messages').where('id', messageId).pluck<unknown[]>('dead_queue_id'))[0],
        ),
      })
      .onConflict()
      .ignore();
    expect(await kindsOf({ operationId }, inside)).toEqual(['operation.finished', 'operation.created']);
    expect(await kindsOf({ messageId }, inside)).toEqual(['message.bodyDownloaded', 'message.revealed']);
    expect(await kindsOf({ kind: 'messages.exported' }, inside)).toEqual([]);
    await database('operation_dead_queues').insert({ operation_id: operationId, dead_queue_id: 999 });
    expect(await kindsOf({ operationId }, inside)).toEqual([]);
    await database('operation_dead_queues').where('dead_queue_id', 999).delete();
  });

  it('is exported as a table and as lines, and that is on record', async () => {
    const csv = await lead.get('/api/audit-events/export?format=csv&kind=operation.created').expect(200);
    expect(csv.text.split('\n')[0]).toBe(
      '\ufeffid,at,actor,address,kind,operationId,messageId,subject,reason,details,requestId,seal,sealedAt',
    );
    expect(csv.text).toContain(',the lead,127.0.0.1,operation.created,');
    const lines = await lead
      .get(`/api/audit-events/export?format=ndjson&operationId=${operationId}`)
      .buffer(true)
      .parse((response, done) => {
        let text = '';
        response.on('data', (chunk: Buffer) => (text += chunk.toString()));
        response.on('end', () => {
          done(null, text);
        });
      })
      .expect(200);
    const kinds = String(lines.body)
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as AuditEvent).kind);
    expect(kinds).toEqual(['operation.finished', 'operation.created']);
    expect(await eventsOf({ kind: 'audit.exported' })).toMatchObject([
      { actor: 'the lead', details: { format: 'ndjson', filter: { operationId } } },
      { actor: 'the lead', details: { format: 'csv', filter: { kind: ['operation.created'] } } },
    ]);
  });

  it('has an address with every act of a person, and is sealed whole when the office stops', async () => {
    await waitFor(async () => (await eventsOf({ perPage: '100' })).every(({ seal }) => seal === 'sealed'), {
      deadlineMs: 2_000,
      describe: 'all to be sealed',
    });
    const nameless = await database('audit_events').whereNot('actor_name', 'office').whereNull('address');
    expect(nameless).toEqual([]);
    await office.stop();
    const faults: string[] = [];
    const verified = await verifyRecord(database, {
      keys: [KEY],
      given: [],
      onFinding: ({ fault, text }) => {
        if (fault) faults.push(text);
      },
    });
    expect(faults).toEqual([]);
    expect(verified.operations).toBe(1);
    // An item that was touched afterwards is told by the hash in the event of the end.
    await database('operation_items').update({ outcome: 'skipped' });
    await verifyRecord(database, { keys: [KEY], given: [], onFinding: ({ text }) => faults.push(text) });
    expect(faults).toEqual([expect.stringMatching(/its items are not those that its end is on record with/)]);
  });
});
